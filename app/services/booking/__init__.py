"""Appointments: held, confirmed, moved, led through their day and ended, and no place ever given twice.

A verb a file: `hold`, `confirm`, `cancel`, `reschedule`, `resize`, `arrive`, `check_in`, `enter_room`, `complete`,
`mark_no_show`, `undo` and others; `retry.attempt` runs them. Beneath them `visit` says what one visit is, `plan` what
it would take, `locks` in which order, `claim` and `release` take places and give them back, `status` and `step` lead
from one status to the next, `idempotency` keeps answers for repeated requests. Begin with `hold`.
"""
