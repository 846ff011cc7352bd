"""Drafts by patient: the newest last, an empty one is none, and there are never too many."""

from app.state.drafts import MOST, put_away


def test_of_too_many_drafts_the_oldest_goes() -> None:
    drafts: dict[str, str] = {}
    for number in range(MOST):
        drafts = put_away(drafts, f"patient {number}", "half", empty="")
    drafts = put_away(drafts, "patient 0", "half a thought", empty="")
    drafts = put_away(drafts, "another", "half", empty="")
    assert len(drafts) == MOST
    assert "patient 1" not in drafts
    assert drafts["patient 0"] == "half a thought"


def test_an_empty_draft_is_none() -> None:
    assert put_away({"patient": "half", "another": "half"}, "patient", "", empty="") == {"another": "half"}
