"""Naming somebody of the house: what is nearly a name is offered, but a column of other things is not compared long."""

from uuid import UUID

import pytest

from app.services.imports import house
from app.services.imports.house import Doctor, House
from app.services.imports.problems import Wrong

ANNA = Doctor(UUID(int=1), "Dr. Anna Weber", frozenset())


def fault(made: House, text: str) -> Wrong:
    with pytest.raises(Wrong) as wrong:
        made.doctor(text)
    return wrong.value


def test_what_is_nearly_a_name_is_offered_and_what_is_none_is_not() -> None:
    made = House({ANNA.id: (ANNA, "L-1")}, [], [])
    for _ in range(2):
        assert fault(made, "Anna Waber").values == {"text": "Anna Waber", "near": "Dr. Anna Weber"}
        assert fault(made, "Zzz").message == house.UNKNOWN["practitioner"]


def test_a_licence_that_is_written_like_its_name_is_still_one_person() -> None:
    made = House({ANNA.id: (ANNA, "anna-weber")}, [], [])
    assert made.doctor("Anna Weber") == ANNA
    # The control: two people of one name are two.
    other = Doctor(UUID(int=2), "Anna Weber", frozenset())
    both = House({ANNA.id: (ANNA, "L-1"), other.id: (other, "L-2")}, [], [])
    assert (fault(both, "Anna Weber").message, both.doctor("l-2")) == (house.SEVERAL, other)


def test_a_column_of_other_things_is_compared_with_the_names_so_many_times_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []

    def count(text: str, _names: list[str], n: int) -> list[str]:
        compared.append(text)
        return []

    monkeypatch.setattr(house, "get_close_matches", count)
    made = House({ANNA.id: (ANNA, "L-1")}, [], [])
    for number in range(3 * house.MOST_COMPARED):
        assert fault(made, f"cell {number}").message == house.UNKNOWN["practitioner"]
    assert len(compared) == house.MOST_COMPARED
    # A known name is found all the same.
    assert made.doctor("anna weber") == ANNA
