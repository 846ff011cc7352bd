"""Two kinds of paper that can be made from nothing: a typed page as PDF, and an ECG's strip as PNG."""

import zlib
from collections.abc import Sequence
from math import exp

A4 = (595, 842)
MARGIN, LINE, TYPE = 72, 18, 11
WIDTH, HEIGHT, BOX = 900, 240, 20
PAPER, GRID, TRACE = 0, 1, 2
COLOURS = bytes((255, 250, 248, 243, 200, 196, 30, 30, 46))
# One beat as (place, height, width), in shares of it: P, Q, R, S and T.
BEAT = ((0.18, 0.12, 0.025), (0.33, -0.10, 0.010), (0.36, 1.00, 0.012), (0.39, -0.24, 0.012), (0.62, 0.22, 0.045))
BEATS = 5


def typed_page(lines: Sequence[str]) -> bytes:
    """Return a page of typewriter lines in Latin letters as a PDF."""
    text = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
    content = f"BT /F1 {TYPE} Tf {LINE} TL {MARGIN} {A4[1] - MARGIN} Td {text} ET".encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R" % A4
        + b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    )
    return _with_index(objects)


def _with_index(objects: Sequence[bytes]) -> bytes:
    """Put numbered objects one after the other, and where each begins at the end, as readers ask for it."""
    made, begins = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        begins.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    index = b"".join(b"%010d 00000 n \n" % begin for begin in begins)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + head + index + tail


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def heart_strip() -> bytes:
    """Return a few heartbeats on squared paper as a PNG."""
    rows = [bytearray(GRID if y % BOX == 0 or x % BOX == 0 else PAPER for x in range(WIDTH)) for y in range(HEIGHT)]
    before = _height_at(0)
    for x in range(WIDTH):
        y = _height_at(x)
        for between in range(min(before, y), max(before, y) + 2):
            rows[between][x] = TRACE
        before = y
    return _png(rows)


def _height_at(x: int) -> int:
    """Return where the trace is, from the top: a sum of bells, the same for each beat."""
    place = x * BEATS / WIDTH % 1
    height = sum(high * exp(-(((place - at) / wide) ** 2) / 2) for at, high, wide in BEAT)
    return round(HEIGHT * (0.68 - 0.5 * height))


def _png(rows: Sequence[bytearray]) -> bytes:
    size = len(rows[0]).to_bytes(4, "big") + len(rows).to_bytes(4, "big")
    # Eight bits a point that name one of the colours, no filter before any row.
    parts = (
        (b"IHDR", size + bytes((8, 3, 0, 0, 0))),
        (b"PLTE", COLOURS),
        (b"IDAT", zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
