"""A file's name as it is kept: one line without folders, ending in what the file is."""

import re
import unicodedata
from urllib.parse import quote

from app.services.documents.sniff import SUFFIX

LONGEST = 120
# Folders, what file systems cannot write, and what an address or a header would read as its own.
FORBIDDEN = re.compile(r'[\\/:*?"<>|;%\x00-\x1f\x7f]')
ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def clean_name(given: str, *, content_type: str) -> str:
    """Return a name that is safe everywhere, with the ending of the content's kind."""
    text = unicodedata.normalize("NFC", given.replace("\\", "/").rsplit("/", 1)[-1])
    visible = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    bare = ENDING.sub("", " ".join(FORBIDDEN.sub(" ", visible).split())).strip(" .")
    return f"{bare[:LONGEST].strip(' .') or 'document'}.{SUFFIX[content_type]}"


def disposition(name: str) -> str:
    """Return the header that has a browser save the file under its name (RFC 6266), never show it."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
