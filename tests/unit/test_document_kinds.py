"""What a file is, by its content: the kept kinds pass, whatever could run or is two things at once does not."""

import io
import struct
import zipfile
import zlib

import pytest

from app.file_errors import FileRefused
from app.services.documents.names import clean_name, disposition
from app.services.documents.sniff import content_type_of


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\xff\xdb" + b"\0" * 80 + b"\xff\xd9"
WEBP = b"RIFF" + struct.pack("<I", 4 + 8 + 10) + b"WEBPVP8 " + struct.pack("<I", 10) + b"\0" * 10
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /OpenAction [2 0 R /Fit] >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
TEXT = "Überweisung: Knie, 3 < 5 Tage\n".encode()


def packed(names: bytes) -> bytes:
    body = zlib.compress(names)
    return b"%PDF-1.7\n5 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + body + b"\nendstream\n%%EOF"


def archive(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (TEXT, "text/plain"),
        (b"\xef\xbb\xbf" + TEXT, "text/plain"),
        (packed(b"/Type /Page"), "application/pdf"),
    ],
    ids=["pdf", "png", "jpeg", "webp", "text", "text with a mark", "packed pdf"],
)
def test_the_kept_kinds_are_known_by_their_content(data: bytes, content_type: str) -> None:
    assert content_type_of(data) == content_type


REFUSED = {
    "empty": b"",
    "html": b"<!DOCTYPE html><html></html>",
    "html after spaces": b"\n\n   <HTML><body>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "xml": b'<?xml version="1.0"?><x/>',
    "php": b"hello <?php system('id');",
    "script": b"#!/bin/sh\nid\n",
    "batch": b"@echo off\r\ndel *\r\n",
    "windows program": b"MZ" + b"\0" * 200,
    "linux program": b"\x7fELF" + b"\0" * 200,
    "archive": archive("a.txt"),
    "word file": archive("word/document.xml"),
    "text with a null": b"a\0b",
    "not utf-8": b"\xff\xfe\xfa",
    "pdf with a script": PDF.replace(b"/OpenAction", b"/JavaScript"),
    "pdf with a hidden script": PDF.replace(b"/OpenAction", b"/J#61vaScript"),
    "pdf with a packed script": packed(b"/S /JavaScript /JS (app.alert)"),
    "pdf that starts a program": PDF.replace(b"/OpenAction", b"/Launch"),
    "pdf with a file inside": PDF.replace(b"/OpenAction", b"/EmbeddedFile"),
    "pdf without an end": b"%PDF-1.7\n",
    "pdf behind a page": b"<html>%PDF-1.7 %%EOF",
    "pdf and archive": PDF + archive("a.class"),
    "png and archive": PNG + archive("a.class"),
    "png with a page behind": PNG + b"<script>alert(1)</script>",
    "png without an end": PNG[:-12],
    "jpeg with a page in its notes": JPEG[:24] + b"<html><script>" + JPEG[24:],
    "jpeg and archive": JPEG + archive("a.class"),
    "webp with a page behind": WEBP + b"<script>alert(1)</script>",
    "gif": b"GIF89a" + b"\0" * 40,
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_could_run_or_is_two_things_is_refused(name: str) -> None:
    with pytest.raises(FileRefused):
        content_type_of(REFUSED[name])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("letter.pdf", "letter.pdf"),
        ("letter.pdf.exe", "letter.pdf.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\scans\\Über weisung.PNG", "Über weisung.pdf"),
        ("a\u202egpj.exe", "agpj.pdf"),
        ('x"; filename=evil.html', "x filename=evil.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("n" * 300 + ".pdf", "n" * 120 + ".pdf"),
    ],
)
def test_a_name_is_safe_everywhere_and_says_what_the_file_is(given: str, kept: str) -> None:
    assert clean_name(given, content_type="application/pdf") == kept


def test_a_name_in_any_script_travels_in_the_header() -> None:
    header = disposition("تقرير.pdf")
    assert header.startswith("attachment; ")
    assert header.isascii()
    assert "filename*=UTF-8''%D8%AA" in header
