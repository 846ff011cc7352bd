"""A field for one file, also dropped onto it, that is sent to a route of ours as it is, with its progress.

    file_drop(address=routes.IMPORT_FILES, most_bytes=..., is_busy=..., on_sent=ImportsState.opened)

`on_sent` gets the id that the route answered with, and the file's name, which the route never hears.
"""

from typing import Any

import reflex as rx

_ENTRY = rx.asset("file_drop.jsx", shared=True)


def _sent(upload_id: rx.Var[str], name: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return upload_id, name


class FileDrop(rx.Component):
    """The field with its hint, its progress and what was wrong."""

    library = _ENTRY.importable_path
    tag = "FileDrop"

    address: rx.Var[str]
    most_bytes: rx.Var[int]
    is_busy: rx.Var[bool]
    on_sent: rx.EventHandler[_sent]


def file_drop(**props: Any) -> rx.Component:
    """Show the field."""
    return FileDrop.create(**props)
