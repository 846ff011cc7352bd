"""What pages know and do: a state module of each page's name, and of its parts (`board`, `board_pane`, `board_series`).

`base.PageState` is what every state derives from; `guard` and `policy` say who may send which event; `ask` is the way
to a service. `*_views` hold what a page is sent: plain values, never a table's row. `pushing` reaches a tab outside
its own events, `*_live` follow what others change.
"""
