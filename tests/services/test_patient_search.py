"""Finding patients: beginnings of names, dates, numbers; every criterion narrows; the list is audited."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from app.errors import InvalidField, NotPermitted
from app.infra.embedded.roles import DatabaseUrls
from app.services.patients import search as searching
from app.services.patients.search import search, type_ahead
from app.services.patients.views import PatientView
from app.services.patients.write import create
from models.db import transaction
from models.principal import Principal
from models.records import AuditEvent
from tests.builders import NOW, building, clerk_of, guest_of, make_clinic

pytestmark = pytest.mark.database

PEOPLE = [
    ("José", "García Núñez", date(1980, 2, 3), "030 1234567", "jose@example.org"),
    ("Josefine", "Garcke", date(1991, 12, 24), "030 9994567", "fine@example.org"),
    ("Seán", "O'Brien", date(1980, 2, 3), "+353 1 234 5678", None),
    ("Li", "Wei", date(2001, 3, 2), None, None),
    ("ليلى", "أحمد", date(1975, 5, 5), "+20 2 27350011", "layla@example.org"),
    ("Wolfgang", "Bartholomeyczyk", date(1950, 1, 1), None, None),
]


@pytest.fixture(scope="module")
def clerk(database: DatabaseUrls) -> Principal:
    with building() as session:
        clerk = clerk_of(make_clinic(session))
    with transaction(clerk) as session:
        for given, family, born, phone, email in PEOPLE:
            name = {"given_name": given, "family_name": family, "birth_date": born}
            create(session, clerk, **name, phone=phone, email=email, now=NOW)
    return clerk


def given_names(items: Sequence[PatientView]) -> list[str]:
    return [one.given_name for one in items]


def found(clerk: Principal, **criteria: Any) -> list[str]:
    with transaction(clerk) as session:
        return given_names(search(session, clerk, **criteria, now=NOW).items)


def typed(clerk: Principal, text: str) -> list[str]:
    with transaction(clerk) as session:
        return given_names(type_ahead(session, clerk, text=text, now=NOW))


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ({"name": "garc"}, ["José", "Josefine"]),
        ({"name": "GARCIA"}, ["José"]),
        ({"name": "nunez jose"}, ["José"]),
        ({"name": "Núñ"}, ["José"]),
        ({"name": "o'brien"}, ["Seán"]),
        ({"name": "OBrien sean"}, ["Seán"]),
        ({"name": "li"}, ["Li"]),
        ({"name": "jo"}, []),
        ({"name": "احمد"}, ["ليلى"]),
        ({"name": "bartholomeyc"}, ["Wolfgang"]),
        ({"name": "bartholomex"}, []),
        ({"birth_date": date(1980, 2, 3)}, ["José", "Seán"]),
        ({"birth_date": date(1980, 2, 3), "name": "sea"}, ["Seán"]),
        ({"birth_date": date(1980, 2, 3), "name": "wei"}, []),
        ({"phone": "+49 30 1234567"}, ["José"]),
        ({"phone": "4567"}, ["José", "Josefine"]),
        ({"phone": "4567", "name": "garc", "birth_date": date(1991, 12, 24)}, ["Josefine"]),
        ({"email": " JOSE@example.org"}, ["José"]),
        ({"email": "jose@example.org", "name": "layla"}, []),
        ({"name": "a\x00\ud800b"}, []),
    ],
)
def test_every_criterion_narrows(clerk: Principal, criteria: dict[str, Any], names: list[str]) -> None:
    assert found(clerk, **criteria) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("g", []),
        ("gar", ["José", "Josefine"]),
        ("garcia jo", []),
        ("garcia jos", ["José"]),
        ("3.2.1980", ["Li", "José", "Seán"][1:]),
        ("1980-02-03", ["José", "Seán"]),
        ("obr 3.2.1980", ["Seán"]),
        ("3.2.1980 obr", ["Seán"]),
        ("3 2 1980", ["José", "Seán"]),
        ("2/3/2001", ["Li"]),
        ("456", []),
        ("4567", ["José", "Josefine"]),
        ("030 1234567", ["José"]),
        ("(030) 123-4567", ["José"]),
        ("0301234", []),
        ("jose@example.org", ["José"]),
        ("jose@", []),
        ("ليل", ["ليلى"]),
        ("\x00", []),
        ("\ud800\ud800\ud800", []),
        ("x" * 5000, []),
        ("' OR 1=1 --", []),
    ],
)
def test_type_ahead_reads_names_dates_and_numbers(clerk: Principal, text: str, names: list[str]) -> None:
    assert typed(clerk, text) == names


def test_a_search_without_a_criterion_or_with_a_senseless_one_is_refused(clerk: Principal) -> None:
    for criteria in ({}, {"name": " "}, {"phone": "abc"}, {"email": "nobody"}, {"name": "x" * 201}):
        with pytest.raises(InvalidField):
            found(clerk, **criteria)


def test_at_most_so_many_candidates_are_opened(clerk: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    with building() as session:
        other = clerk_of(make_clinic(session))
    with transaction(other) as session:
        for number in range(53):
            name = {"given_name": f"Twin {number}", "family_name": "Same", "birth_date": date(1990, 1, 1)}
            create(session, other, **name, now=NOW)
    opened: list[PatientView] = []
    view_of = searching.view_of
    monkeypatch.setattr(searching, "view_of", lambda *row: opened.append(view_of(*row)) or opened[-1])
    with transaction(other) as session:
        answer = search(session, other, name="same", now=NOW)
    assert (len(opened), len(answer.items), answer.is_complete) == (50, 50, False)


def test_a_list_leaves_one_audit_row_with_its_ids(clerk: Principal) -> None:
    with transaction(clerk) as session:
        items = search(session, clerk, name="garc", now=NOW).items
    with building() as session:
        mine = (AuditEvent.clinic_id == clerk.clinic_id, AuditEvent.action == "list")
        last = session.exec(select(AuditEvent).where(*mine).order_by(col(AuditEvent.id).desc())).first()
    assert last is not None
    assert last.detail == {"ids": [str(one.id) for one in items]}


def test_searching_asks_for_its_permission(clerk: Principal) -> None:
    guest = guest_of(clerk.clinic_id)
    with transaction(guest) as session:
        with pytest.raises(NotPermitted):
            search(session, guest, name="garcia", now=NOW)
        with pytest.raises(NotPermitted):
            type_ahead(session, guest, text="garcia", now=NOW)


def test_another_clinic_finds_nobody_of_ours(clerk: Principal) -> None:
    with building() as session:
        stranger = clerk_of(make_clinic(session))
    assert found(stranger, name="garcia") == []
