"""What the keys do in week, month and list; the same letters as on the day board."""

from app.components.words import N_

KEYS = {
    "T": N_("Go to today"),
    "PgUp  PgDn": N_("Go to the days before or after"),
    "↑ ↓": N_("Go from card to card"),
    "Enter": N_("Open the card, or the day"),
    "A": N_("The patient has arrived"),
    "R": N_("To the room"),
    "M": N_("Move the appointment"),
    "P": N_("Park the appointment"),
    "Z": N_("Undo what was done last"),
}
ACTIONS = {
    "t": "today",
    "pageup": "previous",
    "pagedown": "next",
    "a": "arrive",
    "r": "room",
    "m": "move",
    "p": "park",
    "z": "undo",
}
