"""The day sheet on paper: one page of HTML that prints on A4 and Letter, black on white, by practitioner or by time."""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_time

from app.infra.words import words_of
from app.services.day.export import STATUSES
from app.services.day.sheet import DaySheet, Line
from app.words import LANGUAGES, N_, NN_

RIGHT_TO_LEFT = frozenset({"ar"})
STYLE = Path(__file__).with_name("paper.css").read_text(encoding="utf-8")
COLUMNS = (
    *((N_("Time"), "time"), (N_("Patient"), ""), (N_("Birth date"), "birth"), (N_("Phone"), "phone")),
    *((N_("Service"), ""), (N_("Room"), "room"), (N_("Status"), "status"), (N_("Seen"), "done")),
)
GONE = frozenset({"cancelled", "noshow"})
Translate = Callable[[str], str]


def as_paper(sheet: DaySheet, *, locale: str, by_time: bool) -> str:
    """Return the page; the lines of each practitioner stand under their name, or all under one head by time.

    `locale` is a reader's, such as "en-GB": its language chooses the words, its region the dates and times.
    """
    reader = _reader(locale)
    language = reader.language
    words = words_of(language)
    translate = words.gettext
    day = format_date(sheet.day, "full", locale=reader)
    as_of = format_datetime(sheet.as_of, "short", tzinfo=ZoneInfo(sheet.place.timezone), locale=reader)
    title = f"{escape(sheet.place.name)}, {escape(day)}"
    groups: Sequence[tuple[str, Sequence[Line]]] = [("", sheet.lines)] if by_time else sheet.by_practitioner()
    tables = "".join(_table(name, lines, translate, reader) for name, lines in groups if lines)
    empty = f"<p>{escape(translate(N_('No appointments on this day')))}</p>"
    visits = words.ngettext(*NN_("{n} visit, as of {time}", "{n} visits, as of {time}"), len(sheet.lines))
    count = visits.format(n=len(sheet.lines), time=as_of)
    style = STYLE.replace("FOOT", _quoted(f"{sheet.place.name}, {day}"))
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>'
        f'<button type="button" onclick="window.print()">{escape(translate(N_("Print")))}</button>'
        f"<main><h1>{title}</h1><p>{escape(count)}</p>{tables or empty}</main></body></html>"
    )


def _reader(locale: str) -> Locale:
    try:
        reader = Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")
    return reader if reader.language in LANGUAGES else Locale("en")


def _quoted(text: str) -> str:
    """Return the text as a string of a style sheet that stands inside HTML."""
    return '"' + "".join(sign for sign in text if sign not in '\\"<>\n\r') + '"'


def _table(name: str, lines: Sequence[Line], translate: Translate, reader: Locale) -> str:
    columns = [*COLUMNS] if name else [*COLUMNS[:1], (N_("Practitioner"), ""), *COLUMNS[1:]]
    whose = f'<tr class="whose"><th colspan="{len(columns)}" scope="colgroup">{escape(name)}</th></tr>' if name else ""
    heads = "".join(f'<th scope="col">{escape(translate(word))}</th>' for word, _ in columns)
    # The widths stand here: a table takes them from its first row, which is the practitioner's name.
    widths = "".join(f'<col class="{kind}">' for _, kind in columns)
    rows = "".join(_row(line, translate, reader, names_practitioner=not name) for line in lines)
    return f"<table><colgroup>{widths}</colgroup><thead>{whose}<tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(line: Line, translate: Translate, reader: Locale, *, names_practitioner: bool) -> str:
    time = format_time(line.starts_at.timetz(), "short", locale=reader)
    interpreter = f" ({translate(N_('interpreter'))})" if line.needs_interpreter else ""
    cells = [
        time,
        *([line.practitioner] if names_practitioner else []),
        f"{line.patient}{interpreter}",
        format_skeleton("yMd", line.birth_date, locale=reader),
        line.phone,
        line.service,
        line.room,
        translate(STATUSES.get(line.status, line.status)),
    ]
    shown = "".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in cells)
    box = '<td><span class="box"></span></td>' if line.status not in GONE else "<td></td>"
    return f'<tr class="{"gone" if line.status in GONE else ""}">{shown}{box}</tr>'
