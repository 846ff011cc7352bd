"""The HTTP API: a module a resource, its JSON in `shapes`, `bodies` and `*_bodies`, its refusals in `problems`.

A route says who may call it (`callers`), reads the request, and asks one service; `app` puts all of them together.
Some routes serve our own pages alone: `signing_in`, `locking`, `day`, `offline`, `imports`.
"""
