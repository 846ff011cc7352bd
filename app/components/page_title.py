"""What the browser's window, its tab and its history call each page, in the reader's language."""

import reflex as rx

from app import routes
from app.components.words import t_var


def page_title(route: str) -> rx.Var[str]:
    """Return a page's title: what sets it apart stands first, as a narrow tab shows no more."""
    title = _name(route)
    if route.startswith(f"{routes.SETTINGS}/"):
        title = title + " – " + _name(routes.SETTINGS)
    return title + " – Holdfast"


def _name(route: str) -> rx.Var[str]:
    return t_var(rx.Var.create(routes.TITLE_OF[route]))
