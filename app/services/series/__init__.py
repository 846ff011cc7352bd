"""Appointments that recur: planned, booked, moved and cancelled together, all or none.

`plan` and `plan_move` show what `book` and `move` would do; `occurrences` are the dates (pure), `takes` their slots.
"""
