"""The presses of a page's buttons, told apart: one that reaches the server twice does its work once."""

from uuid import uuid4

import reflex as rx

from app.state.parse import number_from


def new_key() -> str:
    """Return a key that nothing had before; a deed keeps its own for the one time that it is taken back."""
    return uuid4().hex


class Presses(rx.State, mixin=True):
    """Counts the presses."""

    press: int = 1

    # After a new sign-in the same tab counts from 1 again, while the answers to its earlier presses are still kept.
    _series: rx.Field[str] = rx.field(default_factory=new_key)

    def _key(self, press: object, *about: object) -> str:
        """Return the key of a press, the same for its repetition only; raises InvalidField.

        `about` is what it was done to: who is quick presses for the next one before the page has counted on.
        """
        return "/".join((self._series, str(number_from("press", press)), *map(str, about)))
