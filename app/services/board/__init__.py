"""What the desk sees and does on the day board and the calendars beside it.

Read: `read` (a day), `columns` (some practitioners of it), `span` (week, month, list), `details` (an appointment),
`attendees` (a session). Done: `desk`, `moves`, `steps`, `repeat`, `referral`, `blocks`, `parking`; each runs verbs of
`booking`, `series` or `schedules` in one go. Asked: `offers` and `targets` (where it is free), `asked` and `why` (why
it is not).
"""
