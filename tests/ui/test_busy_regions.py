"""What is said while a page waits is told: a region that is marked as busy keeps it from a screen reader."""

from collections.abc import Iterator
from typing import Any

from app.pages.utilisation import utilisation


def test_the_note_of_a_late_answer_stands_in_no_busy_region() -> None:
    parts = list(_parts(utilisation()))
    assert [one for one in parts if _is_note(one)]
    busy = [one for one in parts if "aria-busy" in getattr(one, "custom_attrs", {})]
    assert busy
    assert [one for region in busy for one in _parts(region) if _is_note(one)] == []


def _parts(component: Any) -> Iterator[Any]:
    """Yield a component and all that stands in it, of either branch of a condition."""
    yield component
    for child in component.children:
        yield from _parts(child)


def _is_note(component: Any) -> bool:
    return "late-note" in str(getattr(component, "class_name", ""))
