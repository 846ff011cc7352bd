"""One module a page: it arranges components and names its state; `app.routes` has its address, `app.app` its entry."""
