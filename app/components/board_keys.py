"""What the keys do on the day board; the shell shows them when `?` is pressed (app/components/keys.py)."""

from app.components.words import N_

KEYS = {
    "T": N_("Go to today"),
    "PgUp  PgDn": N_("Go to the day before or after"),
    "← ↑ → ↓": N_("Go over the board"),
    "Enter": N_("Open the card, or book the free time"),
    "N": N_("Book the next free time"),
    "B": N_("Block the next free time"),
    "A": N_("The patient has arrived"),
    "R": N_("To the room"),
    "M": N_("Move the appointment"),
    "P": N_("Park the appointment"),
    "I": N_("Show who the card is about"),
    "Ctrl+X  Ctrl+V": N_("Mark the card, then put it on a free time"),
    "Shift+Alt+↓  Shift+Alt+↑": N_("Make the visit longer or shorter"),
    "Shift+F10": N_("Show what can be done here"),
    "Z": N_("Undo what was done last"),
    "Esc": N_("Close the details, or leave the move"),
}
