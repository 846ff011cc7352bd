"""The rules of the clinic: a folder a noun, a file a verb.

    verb(session, principal, *, ..., now) -> answer or read model

A verb checks who asks, locks, guards, changes, writes its audit and outbox rows, and returns. It never commits and
never reads the clock: its caller opens one `transaction(principal)` and passes `now`. Verbs that claim places are run
by `booking.retry.attempt`, which opens that transaction and may open it again. What takes no session (as in `desk`
and `edit`) opens its own.
"""
