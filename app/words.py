"""The languages, and the marks for messages that are written in one place and shown in another."""

from typing import NamedTuple

LANGUAGES = {"en": "English", "es": "Español", "de": "Deutsch", "fr": "Français", "ar": "العربية"}


class Counted(NamedTuple):
    """A message about `{n}` things, in its two English forms: each language has as many as it needs."""

    one: str
    many: str


Words = str | Counted


def N_(message: str) -> str:
    """Mark a message for the catalogues and return it unchanged; it is looked up where it is shown."""
    return message


def NN_(one: str, many: str) -> Counted:
    """Mark a message about `{n}` things, which is looked up as `N_`'s are: the value `n` chooses the form."""
    return Counted(one, many)
