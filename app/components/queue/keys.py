"""The keys of the page of arrivals, and what they do; queue_keys.jsx listens, there and on other pages of rows."""

import reflex as rx

from app.words import N_

_FILE = rx.asset("queue_keys.jsx", shared=True)
KEYS = {
    "C": N_("Call the next patient"),
    "A": N_("The patient has arrived"),
    "R": N_("To the room"),
    "Z": N_("Undo what was done last"),
    "W": N_("Somebody without an appointment"),
    "↑ ↓": N_("Go from patient to patient"),
}
ACTIONS = {"a": "arrive", "c": "next", "r": "room", "z": "undo", "w": "walk-in"}


def _pressed(
    action: rx.Var[str], of: rx.Var[str], version: rx.Var[int]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[int]]:
    return (action, of, version)


class QueueKeys(rx.Component):
    """Listen for the page's keys, each with its action; the row under the keyboard goes with them."""

    library = _FILE.importable_path
    tag = "QueueKeys"

    actions: rx.Var[dict[str, str]]
    on_key: rx.EventHandler[_pressed]


queue_keys = QueueKeys.create
