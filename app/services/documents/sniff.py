"""What a file is, by its content alone; what its name or its sender says counts for nothing.

Kept are PDF, PNG, JPEG, WebP and plain text. Whatever could run in a browser or an office program is refused, and so
is a file that is two things at once.
"""

import re
import zlib

import puremagic

from app.file_errors import FileRefused
from app.words import N_

EMPTY = N_("This file is empty.")
SUFFIX = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "text/plain": "txt",
}
# What PDF readers run, start or unpack by themselves.
PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)\b")
PDF_NAME_CODE = re.compile(rb"#([0-9A-Fa-f]{2})")
PDF_STREAM = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|style|meta|\?xml|\?php|%)", re.IGNORECASE
)
ZIP_END = b"PK\x05\x06"
LONGEST_ZIP_END = 22 + 65_535
LARGEST_UNPACKED = 8 * 1024 * 1024
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def content_type_of(data: bytes) -> str:
    """Return the kind of file that this is; raises FileRefused for any other than the kept ones."""
    if not data:
        raise FileRefused(EMPTY)
    found = _guess(data)
    is_clean = {
        "application/pdf": _is_clean_pdf,
        "image/png": _is_clean_png,
        "image/jpeg": _is_clean_jpeg,
        "image/webp": _is_clean_webp,
        "text/plain": _is_clean_text,
    }[found]
    if not is_clean(data) or _is_also_an_archive(data):
        raise FileRefused
    return found


def _guess(data: bytes) -> str:
    try:
        named = puremagic.from_string(data, mime=True)
    except (puremagic.PureError, ValueError):
        named = ""
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if named in ("image/png", "image/jpeg", "image/webp"):
        return str(named)
    return "text/plain"


def _is_also_an_archive(data: bytes) -> bool:
    # An archive is read from its end, so it can be hung behind anything; Java and office files are archives.
    return ZIP_END in data[-LONGEST_ZIP_END:]


def _is_clean_pdf(data: bytes) -> bool:
    if b"%%EOF" not in data[-2048:]:
        return False
    parts = [data, *_unpacked(data)]
    return not any(PDF_ACTIVE.search(PDF_NAME_CODE.sub(_decoded, part)) for part in parts)


def _decoded(code: re.Match[bytes]) -> bytes:
    return bytes([int(code[1], 16)])


def _unpacked(data: bytes) -> list[bytes]:
    """Return the packed object streams of a PDF, in which names can hide."""
    found = []
    for start in PDF_STREAM.finditer(data):
        try:
            found.append(zlib.decompressobj().decompress(data[start.end() :], LARGEST_UNPACKED))
        except zlib.error:
            raise FileRefused from None
    return found


def _is_clean_png(data: bytes) -> bool:
    """Walk the chunks: the last one ends the file."""
    at = 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return at == len(data)
    return False


def _is_clean_jpeg(data: bytes) -> bool:
    # Cameras write notes before and behind the picture: what counts is that none of them is a page.
    return b"\xff\xd9" in data[-65_536:] and not _has_markup(data)


def _is_clean_webp(data: bytes) -> bool:
    stated = int.from_bytes(data[4:8], "little") + 8
    return len(data) in (stated, stated + stated % 2) and not _has_markup(data)


def _has_markup(data: bytes) -> bool:
    return MARKUP.search(data[:4096]) is not None or MARKUP.search(data[-4096:]) is not None


def _is_clean_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    is_program = text.startswith("#!") or text.lstrip().lower().startswith("@echo off")
    return not is_program and not CONTROL.search(text) and not MARKUP.search(data)
