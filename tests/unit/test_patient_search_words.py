"""What a patient is found by has one spelling."""

from datetime import date

import pytest

from app.services.patients.normalise import name_words, normal_phone, possible_dates, prefixes


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("José  García-Núñez", ["jose", "garcia", "nunez"]),
        ("Jürgen Groß", ["jurgen", "gross"]),
        ("Seán O’Brien", ["sean", "obrien"]),
        ("Søren Ødegård", ["soren", "odegard"]),
        ("İbrahim Işık", ["ibrahim", "isik"]),
        ("لَيْلى أَحْمَد", ["ليلى", "احمد"]),
        ("محمـد", ["محمد"]),
        ("王小明", ["王小明"]),
        ("  ", []),
        ("ﬁona", ["fiona"]),
    ],
)
def test_names_lose_case_and_accents_and_keep_their_script(name: str, words: list[str]) -> None:
    assert name_words(name) == words


def test_a_word_is_found_by_its_first_3_to_8_letters_and_a_shorter_one_as_a_whole() -> None:
    assert prefixes("bartholomew") == ["bar", "bart", "barth", "bartho", "barthol", "bartholo"]
    assert prefixes("mar") == ["mar"]
    assert prefixes("li") == ["li"]


@pytest.mark.parametrize("text", ["030 1234567", "+49 30 1234567", "0049 30 1234567", "(030) 123-45 67"])
def test_one_number_typed_in_four_ways_is_one_number(text: str) -> None:
    assert normal_phone(text, country="DE") == "+49301234567"


def test_a_number_that_cannot_be_is_kept_as_its_digits() -> None:
    assert normal_phone("1-2", country="DE") == "12"
    assert normal_phone("٠٣٠ ١٢٣٤٥٦٧", country="DE") == "+49301234567"


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("1980-02-03", [date(1980, 2, 3)]),
        ("3.2.1980", [date(1980, 2, 3), date(1980, 3, 2)]),
        ("02/29/1984", [date(1984, 2, 29)]),
        ("03 03 1980", [date(1980, 3, 3)]),
        ("31.2.1980", []),
        ("1980", []),
        ("3.2.80", []),
        ("a.b.cccc", []),
    ],
)
def test_dates_are_read_in_every_form_that_people_type(text: str, dates: list[date]) -> None:
    assert possible_dates(text) == dates
