"""Words for messages to patients: what each tells, and what became of it."""

from app.words import N_

OUTCOMES = {
    "sent": ("send", N_("Handed to the mail server")),
    "sink": ("mail-check", N_("Kept here, not sent: this is a demonstration")),
    "no-address": ("mail-x", N_("Not sent: the patient has no e-mail address")),
}
KINDS = {
    "confirmation": N_("Confirmation"),
    "cancellation": N_("Cancellation"),
    "series-confirmation": N_("Confirmation of a series"),
    "series-cancellation": N_("Cancellation in a series"),
    "series-move": N_("New times in a series"),
    "late": N_("Running late"),
    "on-time": N_("On time after all"),
    "offer": N_("A time from the waitlist"),
    "earlier-offer": N_("An earlier time from the waitlist"),
}
