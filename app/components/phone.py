"""A telephone number: written in groups, as it is read aloud, and dialled by whichever telephone this computer has."""

from typing import Any

import reflex as rx


def phone_link(number: rx.Var[Any]) -> rx.Component:
    """Show a number that a click dials."""
    # No space stands in an address; the telephone skips the dashes.
    dialled = "tel:" + number.to(str).replace(" ", "-")
    return rx.el.a(number, href=dialled, dir="ltr", class_name="plain-link figures")
