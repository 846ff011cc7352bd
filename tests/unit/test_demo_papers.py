"""The demonstration's papers are what they say they are: a page that readers open, a picture that browsers draw."""

import zlib

import pytest

from app.services.demo.papers import HEIGHT, WIDTH, heart_strip, typed_page
from app.services.documents.sniff import content_type_of

LINES = ("REFERRAL", "", "Blood (pressure) 142/88, 36.8 \u00b0C \\ regular")


def test_both_are_taken_as_any_upload_is() -> None:
    assert content_type_of(typed_page(LINES)) == "application/pdf"
    assert content_type_of(heart_strip()) == "image/png"


def test_a_page_says_where_each_of_its_parts_begins() -> None:
    page = typed_page(LINES)
    begin = int(page.rsplit(b"startxref\n", 1)[1].split()[0])
    places = page[begin:].split(b"\n")[3:8]
    assert [page[int(place.split()[0]) :].split(b" ", 1)[0] for place in places] == [b"1", b"2", b"3", b"4", b"5"]
    length = int(page.split(b"/Length ")[1].split()[0])
    assert page.split(b"stream\n")[1][: length + 1].endswith(b"ET\n")


@pytest.mark.parametrize("sign", ["(", ")", "\\"])
def test_signs_that_end_a_text_are_escaped(sign: str) -> None:
    assert b"(\\" + sign.encode() + b") Tj" in typed_page([sign])


def test_a_strip_has_its_rows_and_all_its_colours() -> None:
    data = heart_strip()
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at], "big")
    points = zlib.decompress(data[at + 4 : at + 4 + length])
    assert len(points) == HEIGHT * (WIDTH + 1)
    assert set(points) == {0, 1, 2}
