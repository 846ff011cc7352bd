"""Practitioners' bookable time: weekly rules with what departs from them, and the slots that follow.

The rules: `set_up`, `week`, `exceptions`, `leave`, `closures`, `holidays`; a change of any of them is made by
`edit.change_schedules`, or tried by `edit.preview`. The slots: `rules` plans them (pure), `generate` fills the horizon,
`reconcile` brings those that are there in line after a change and loses nobody (`displacing`).
"""
