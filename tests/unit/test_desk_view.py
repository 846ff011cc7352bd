"""What a user chose on the desk's calendars: read with care, and the same for the board and the others."""

from typing import Any

import pytest

from app.state.desk_view import MOST_IDS, DeskView


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({"scale": 99, "view": "year", "hidden": "abc", "only": {"a": 1}}, id="nonsense"),
    ],
)
def test_what_cannot_be_understood_counts_as_never_chosen(value: Any) -> None:
    assert DeskView.kept(value) == DeskView()


def test_more_ids_than_can_be_kept_are_left_out() -> None:
    assert len(DeskView.kept({"hidden": [str(one) for one in range(MOST_IDS * 2)]}).hidden) == MOST_IDS


def test_a_practitioner_is_taken_off_and_put_back() -> None:
    view = DeskView().toggled("anna")
    assert view.hides(["anna", "boris"]) == ["anna"]
    assert view.toggled("anna").hides(["anna", "boris"]) == []


def test_one_alone_hides_also_those_who_come_later() -> None:
    view = DeskView(hidden=("anna",)).alone("anna")
    assert view.shows("anna")
    assert view.hides(["anna", "boris", "somebody new"]) == ["boris", "somebody new"]
    assert view.toggled("boris").hides(["anna", "boris"]) == []


def test_everybody_of_a_day_comes_back_and_others_stay_hidden() -> None:
    view = DeskView(hidden=("anna", "elsewhere"), only=("boris",)).everybody(["anna", "boris"])
    assert view.hides(["anna", "boris", "elsewhere"]) == ["elsewhere"]
