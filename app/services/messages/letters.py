"""What a message says, in the reader's language, and nothing more than it must.

First name, day and time on the location's clock, the clinic's name and number. Never a service, a specialty, a
practitioner or a site: each can tell what somebody is treated for.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from babel.units import format_unit

from app.infra.words import words_of
from app.services.phones import readable_phone
from app.words import LANGUAGES, N_


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that may stand in a message."""

    given_name: str
    starts_at: datetime
    timezone: str
    clinic_name: str
    phone: str
    # Of an offer: until when the time is kept, and where it is answered.
    until: datetime | None = None
    link: str = ""
    # Of several appointments: each one's time and zone; `starts_at` is the first's.
    dates: tuple[tuple[datetime, str], ...] = ()
    # By how many minutes it will begin later.
    late_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """A message's words."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class _Template:
    subject: str
    sentence: str
    more: tuple[str, ...] = ()


HOW_TO_ANSWER = (N_("To take it, or to leave it to somebody else, please open this page:"), "{link}")
MOVED_SUBJECT = N_("Your appointment is now on {day}")
MOVED_SENTENCE = N_("Your appointment has been moved. It is now on {day} at {time} ({zone}).")
# By message kind. Each message is one of app/locale's.
TEMPLATES = {
    "confirmation": _Template(
        subject=N_("Your appointment on {day}"),
        sentence=N_("Your appointment is confirmed: {day} at {time} ({zone})."),
    ),
    "cancellation": _Template(
        subject=N_("Your appointment on {day} is cancelled"),
        sentence=N_("Your appointment on {day} at {time} ({zone}) is cancelled."),
    ),
    "move": _Template(subject=MOVED_SUBJECT, sentence=MOVED_SENTENCE),
    "move-elsewhere": _Template(
        subject=MOVED_SUBJECT,
        sentence=MOVED_SENTENCE,
        more=(N_("It is also at another of our sites. Please ask us where, if you do not know."),),
    ),
    "series-confirmation": _Template(
        subject=N_("Your appointments from {day} on"),
        sentence=N_("These appointments are confirmed:"),
        more=("{dates}",),
    ),
    "series-cancellation": _Template(
        subject=N_("Appointments from {day} on are cancelled"),
        sentence=N_("These appointments are cancelled:"),
        more=("{dates}",),
    ),
    "series-move": _Template(
        subject=N_("New times of your appointments from {day} on"),
        sentence=N_("Appointments of yours have been moved. These are the new times:"),
        more=("{dates}",),
    ),
    "late": _Template(
        subject=N_("Your appointment on {day} will begin later"),
        sentence=N_(
            "We are running late today: your appointment on {day} at {time} ({zone}) will probably begin {delay} "
            "later. We are sorry about the wait."
        ),
        more=(N_("Please come at the time you booked all the same: we may catch up."),),
    ),
    "on-time": _Template(
        subject=N_("Your appointment on {day} begins on time after all"),
        sentence=N_("We have caught up: your appointment on {day} at {time} ({zone}) begins at the time you booked."),
    ),
    "offer": _Template(
        subject=N_("A time has become free: {day}"),
        sentence=N_("A time has become free: {day} at {time} ({zone}). We keep it for you until {until}."),
        more=HOW_TO_ANSWER,
    ),
    "earlier-offer": _Template(
        subject=N_("An earlier time has become free: {day}"),
        sentence=N_(
            "An earlier time has become free: {day} at {time} ({zone}). We keep it for you until {until}. "
            "Your present appointment stays as it is unless you take this one."
        ),
        more=HOW_TO_ANSWER,
    ),
}
GREETING = N_("Hello {name},")
ONE_OF_SEVERAL = N_("{day} at {time} ({zone})")
CALL = N_("If you have a question or want to change something, please call {clinic}: {phone}.")
ANSWER_TO_CLINIC = N_("If you have a question or want to change something, please contact {clinic}.")
# What the OUTBOX calls by its event, the patient reads as this kind of message.
KIND_OF_EVENT = {
    "appointment.confirmed": "confirmation",
    "appointment.rescheduled": "move",
    "appointment.cancelled": "cancellation",
}


def write_letter(kind: str, facts: Facts, *, language: str) -> Letter:
    """Write one message; an unknown language reads English."""
    language = language if language in LANGUAGES else "en"
    say = words_of(language).gettext
    values = _values(facts, language=language)
    template = TEMPLATES[kind]
    closing = say(CALL) if facts.phone else say(ANSWER_TO_CLINIC)
    paragraphs = (say(GREETING), say(template.sentence), *map(say, template.more), closing, "{clinic}")
    return Letter(
        # A subject is one line whatever a clinic is called.
        subject=" ".join(say(template.subject).format(**values).split()),
        body="\n\n".join(paragraph.format(**values) for paragraph in paragraphs) + "\n",
    )


def _values(facts: Facts, *, language: str) -> dict[str, str]:
    local = facts.starts_at.astimezone(ZoneInfo(facts.timezone))
    until = facts.until.astimezone(ZoneInfo(facts.timezone)) if facts.until else local
    return {
        "name": facts.given_name,
        **_moment(local, language=language),
        "dates": "\n".join(_line(*one, language=language) for one in facts.dates),
        "until": f"{format_date(until.date(), locale=language)}, {format_time(until, format='short', locale=language)}",
        "link": facts.link,
        "delay": format_unit(facts.late_minutes, "minute", locale=language),
        "clinic": facts.clinic_name,
        # A number is read from left to right in every language.
        "phone": f"\u2066{readable_phone(facts.phone)}\u2069" if language == "ar" else readable_phone(facts.phone),
    }


def _line(starts_at: datetime, timezone: str, *, language: str) -> str:
    moment = _moment(starts_at.astimezone(ZoneInfo(timezone)), language=language)
    return f"- {words_of(language).gettext(ONE_OF_SEVERAL).format(**moment)}"


def _moment(local: datetime, *, language: str) -> dict[str, str]:
    return {
        "day": format_date(local.date(), format="full", locale=language),
        "time": format_time(local, format="short", locale=language),
        "zone": get_timezone_name(local, width="long", locale=language),
    }
