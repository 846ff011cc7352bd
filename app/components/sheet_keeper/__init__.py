"""Keeps the encrypted offline day sheet in the browser while a staff page is open."""

import reflex as rx

from app.state.base import PageState
from app.state.offline import OfflineState

_ENTRY = rx.asset("sheet_keeper.jsx", shared=True)


class SheetKeeper(rx.Component):
    """Fetches the sheets every few minutes."""

    library = _ENTRY.importable_path
    tag = "SheetKeeper"

    # Tells the session that is signed in; empty while nobody is.
    mark: rx.Var[str]
    # Changes when a passphrase was set: the sheets are then fetched at once.
    stamp: rx.Var[int]


def sheet_keeper() -> rx.Component:
    """Have the browser keep the sheets."""
    return SheetKeeper.create(mark=PageState.session_mark, stamp=OfflineState.stamp)
