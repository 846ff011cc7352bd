"""What the utilisation page is sent: whole minutes and shares, no names but the practitioners'."""

from itertools import groupby
from typing import TypedDict

from app.services.reports.utilisation import HourMinutes, Minutes, Place, PractitionerMinutes

# Stands for "there is nothing to divide by", which is something else than zero.
NO_SHARE = -1.0
# Monday the 1st of January 2024: only its weekday and its hours are shown, in the reader's language.
A_MONDAY = "2024-01-{day:02d}"


class PlaceView(TypedDict):
    """A location to choose."""

    id: str
    name: str
    zone: str


class FiguresView(TypedDict):
    """Minutes, and the two shares between 0 and 1 (NO_SHARE when there is none)."""

    bookable: int
    booked: int
    attended: int
    due: int
    utilisation: float
    attendance: float


class PersonView(FiguresView):
    """One practitioner's line."""

    id: str
    name: str
    specialty: str


class HourView(FiguresView):
    """One hour of a weekday; `at` is an ISO instant of which only the hour counts."""

    hour: int
    at: str


class DayView(TypedDict):
    """A weekday with its hours; `on` is a date of which only the weekday counts."""

    weekday: int
    on: str
    hours: list[HourView]


NO_FIGURES = FiguresView(bookable=0, booked=0, attended=0, due=0, utilisation=NO_SHARE, attendance=NO_SHARE)


def place_view(place: Place) -> PlaceView:
    """Return a location as the page names it."""
    return PlaceView(id=str(place.id), name=place.name, zone=place.timezone)


def figures_view(minutes: Minutes) -> FiguresView:
    """Round to whole minutes; shares are taken before rounding."""
    return FiguresView(
        bookable=round(minutes.bookable),
        booked=round(minutes.booked),
        attended=round(minutes.attended),
        due=round(minutes.due),
        utilisation=_share(minutes.utilisation),
        attendance=_share(minutes.attendance),
    )


def person_view(line: PractitionerMinutes) -> PersonView:
    """Return one practitioner's line."""
    about = {"id": str(line.practitioner_id), "name": line.name, "specialty": line.specialty}
    return PersonView(**about, **figures_view(line.minutes))  # type: ignore[typeddict-item]


def day_views(lines: tuple[HourMinutes, ...]) -> list[DayView]:
    """Return the hours under their weekdays; the lines come in that order."""
    return [
        DayView(weekday=weekday, on=A_MONDAY.format(day=weekday + 1), hours=[_hour_view(line) for line in hours])
        for weekday, hours in groupby(lines, key=lambda line: line.weekday)
    ]


def _hour_view(line: HourMinutes) -> HourView:
    at = f"{A_MONDAY.format(day=1)}T{line.hour:02d}:00:00Z"
    return HourView(hour=line.hour, at=at, **figures_view(line.minutes))  # type: ignore[typeddict-item]


def _share(share: float | None) -> float:
    return NO_SHARE if share is None else share
