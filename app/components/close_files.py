"""What can be taken from a day: groups of links with one name each, so that a link says only what is its own."""

from typing import Any

import reflex as rx

from app.components.words import Text


def file_group(icon: str, name: Text, *ways: rx.Component) -> rx.Component:
    """Show the ways to one thing beside its name."""
    return rx.el.div(
        rx.el.span(rx.icon(icon, size=15, aria_hidden="true"), name, class_name="close-kind"),
        *ways,
        role="group",
        aria_label=name,
        class_name="close-group-files",
    )


def file_link(word: Text, *, name: Text, href: Any, target: str = "") -> rx.Component:
    """Show one way; `name` is the whole of it for who hears the link alone."""
    # The plain element: a link of the router would look for a page of its own.
    return rx.el.A.create(word, href=href, target=target, aria_label=name, title=name, class_name="close-file")
