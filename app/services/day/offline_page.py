"""The page that opens a kept sheet without the server: one file with its words in every language and nothing else."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.infra.words import words_of
from app.services.day.export import STATUSES
from app.words import LANGUAGES, N_

TEMPLATE = Path(__file__).with_name("offline_page.html")
WORDS = {
    "title": N_("Offline day sheet"),
    "about": N_("For when the server cannot be reached. It is read-only, and shows how things stood."),
    "nothing": N_("This browser keeps no day sheet. It is fetched while a staff page is open and a passphrase is set."),
    "insecure": N_("This browser opens the sheet over https or on the server's own computer only."),
    "as-of": N_("{place}, as of {time}"),
    "where": N_("Location"),
    "phrase": N_("Passphrase of the location"),
    "open": N_("Open the sheet"),
    "wrong": N_("This passphrase does not open the sheet."),
    "print": N_("Print"),
    "close": N_("Close the sheet"),
    "none": N_("No appointments on this day"),
    "time": N_("Time"),
    "practitioner": N_("Practitioner"),
    "patient": N_("Patient"),
    "birth": N_("Birth date"),
    "phone": N_("Phone"),
    "service": N_("Service"),
    "room": N_("Room"),
    "status": N_("Status"),
}


def offline_page(sheets: list[dict[str, Any]] | None = None) -> str:
    """Return the page; with sheets it is a file that opens anywhere, without it reads the browser's store."""
    return _bare().replace("/*SHEETS*/[]", _inside_script(sheets or []))


@lru_cache(maxsize=1)
def _bare() -> str:
    named = {**WORDS, **STATUSES}
    words = {
        language: {name: words_of(language).gettext(message) for name, message in named.items()}
        for language in LANGUAGES
    }
    return TEMPLATE.read_text(encoding="utf-8").replace("/*WORDS*/{}", _inside_script(words))


def _inside_script(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
