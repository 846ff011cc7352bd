"""Who waits for a place, and the places that are offered to them one person at a time, each as a real hold.

An entry's life: `join`, `change`, `withdraw`. An offer's: `offer`, `accept`, `decline`, by the scheduler's `rounds` or
`by_hand`; `settle` is what time decides. `queue` is the fair order.
"""
