"""The waiting room: a number for everybody who has come, and whose turn it is.

A verb a file, run by `desk.act`; `order` is the whole rule of turns, `ticket` lets a number follow its appointment,
`read` is the page of arrivals and `display` what hangs in the waiting room.
"""
