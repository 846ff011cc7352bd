"""Appointments that no longer fit their schedule: the worklist, other places for all at once, and whom to call.

`desk` is what the page calls; `proposals` finds the places (`matching` by cost, tried out before shown).
"""
