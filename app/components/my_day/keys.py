"""The keys of a practitioner's day, and what they do."""

from app.words import N_

KEYS = {
    "S": N_("Start: the chosen patient, or the next one"),
    "D": N_("Done: the visit is over"),
    "N": N_("Notes"),
    "P": N_("Prescriptions"),
    "F": N_("Follow-up"),
    "L": N_("Say that you are running late"),
    "Z": N_("Undo what was done last"),
    "↑ ↓": N_("Go from patient to patient"),
}
ACTIONS = {
    "s": "start",
    "d": "finish",
    "n": "notes",
    "p": "prescriptions",
    "f": "follow-up",
    "l": "late",
    "z": "undo",
}
