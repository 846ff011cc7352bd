"""A series from the board: its rule, its dates with what stands in their way, and booking them at once."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.board import repeat
from app.services.clock import utc_now
from app.services.series.occurrences import Recurrence
from app.services.series.wish import SeriesWish
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board import BoardState
from app.state.board_booking import BookingState
from app.state.board_deeds import Deed
from app.state.board_pane import PaneState
from app.state.board_series_views import SKIP, TAKE, DateView, date_view
from app.state.parse import day_from, id_from, instant_from, number_from, text_from
from app.words import N_, NN_
from models.series import SeriesUnit

WRITE = "appointments:write"


class SeriesState(PageState):
    """The series that is being booked."""

    is_until: bool = False
    dates: list[DateView] = []
    # Dates that are still to be decided.
    open_dates: int = 0
    taken_dates: int = 0
    wrong_field: str = ""
    wrong_reason: str = ""

    _rule: dict[str, Any] = {}

    @rx.event
    @policy(permission=WRITE)
    async def begin(self) -> None:
        """Repeat the appointment that is being booked."""
        self._forget()
        (await self.get_state(PaneState)).pane = "series"

    @rx.event
    @policy(permission=WRITE)
    async def back(self) -> None:
        """Book a single appointment after all."""
        self._forget()
        (await self.get_state(PaneState)).pane = "start"

    @rx.event
    @policy(permission=WRITE)
    def end_by(self, how: str) -> None:
        """End the series after a number of times, or with a date."""
        self.is_until = how == "until"

    @rx.event
    @policy(permission=WRITE)
    async def plan(self, form: dict[str, Any]) -> EventSpec | None:
        """List the dates of the rule, and what stands in the way of some."""
        self.wrong_field, self.wrong_reason = "", ""
        self._rule = {name: text_from(form.get(name)) for name in ("every", "unit", "times", "until")}
        return await self._plan()

    @rx.event
    @policy(permission=WRITE)
    def choose(self, number: int, choice: str) -> None:
        """Take a date as planned, change it to another time, or leave it out."""
        self._set_dates([_chosen(one, choice) if one["number"] == number else one for one in self.dates])

    @rx.event
    @policy(permission=WRITE)
    def leave_out_conflicts(self) -> None:
        """Leave out every date that is still to be decided."""
        self._set_dates([_chosen(one, SKIP) if not one["choice"] else one for one in self.dates])

    @rx.event
    @policy(permission=WRITE)
    async def book(self) -> EventSpec | None:
        """Book all dates that were not left out, or none."""
        booking, pane = await self.get_state(BookingState), await self.get_state(PaneState)
        patient = booking.patient["name"]
        try:
            answer = await do(repeat.book, wish=await self._wish(), choices=self._choices(), now=utc_now())
        except ClinicError as error:
            await self._plan(keeps_choices=True)
            return refused(error)
        first = answer.body["appointments"][0]
        await booking._forget_patient()
        self._forget()
        await pane._follow(answer, card_id=first["id"])
        count = len(answer.body["appointments"])
        series_id = pane.visit["series_id"]
        pane._remember(Deed(kind="series", id=series_id, version=0, patient=patient))
        message = NN_(
            "The series is booked for {patient}: {n} appointment.",
            "The series is booked for {patient}: {n} appointments.",
        )
        return say("success", message, undo=N_("Undo"), key="undo", patient=patient, n=count)

    async def _plan(self, *, keeps_choices: bool = False) -> EventSpec | None:
        zone = (await self.get_state(BoardState)).zone
        try:
            found, names = await ask(repeat.plan, wish=await self._wish(), now=utc_now())
        except InvalidField as error:
            self.wrong_field, self.wrong_reason = error.field, str(error)
            return None
        except ClinicError as error:
            return refused(error)
        self._show([date_view(planned, zone=zone, names=names) for planned in found], keeps_choices=keeps_choices)
        return None

    async def _wish(self) -> SeriesWish:
        booking, board = await self.get_state(BookingState), await self.get_state(BoardState)
        offer = next((one for one in booking.offers if one["id"] == booking.service_id), None)
        first = instant_from("starts_at", offer["starts_at"] if offer else "").astimezone(ZoneInfo(board.zone))
        rule = Recurrence(
            every=number_from("every", self._rule.get("every")),
            unit=_unit(self._rule.get("unit")),
            first_on=first.date(),
            at=first.time(),
            times=None if self.is_until else number_from("times", self._rule.get("times")),
            until=day_from("until", self._rule.get("until")) if self.is_until else None,
        )
        return SeriesWish(
            patient_id=id_from("patient_id", booking.patient["id"]),
            service_id=id_from("service_id", booking.service_id),
            practitioner_id=id_from("practitioner_id", booking._practitioner_id),
            location_id=id_from("location_id", board.location_id),
            rule=rule,
        )

    def _choices(self) -> dict[int, UUID | None]:
        """Return what was decided other than planned: another first slot, or None to leave a date out."""
        chosen = {one["number"]: one["choice"] for one in self.dates if one["choice"] != TAKE}
        return {number: None if choice == SKIP else id_from("choices", choice) for number, choice in chosen.items()}

    def _show(self, dates: list[DateView], *, keeps_choices: bool) -> None:
        """Show dates as they are planned now; what was decided of the same ones before may stay decided."""
        before = {one["number"]: one["choice"] for one in self.dates if one["choice"]} if keeps_choices else {}
        self._set_dates([_decided(one, before.get(one["number"], "")) for one in dates])

    def _set_dates(self, dates: list[DateView]) -> None:
        self.dates = dates
        self.open_dates = sum(not one["choice"] for one in dates)
        self.taken_dates = sum(one["choice"] not in ("", SKIP) for one in dates)

    def _forget(self) -> None:
        self._set_dates([])
        self._rule, self.is_until = {}, False
        self.wrong_field, self.wrong_reason = "", ""


def _chosen(one: DateView, choice: str) -> DateView:
    """Return the date with the choice, if it is one of its own."""
    known = {SKIP, *(other["id"] for other in one["others"]), *([] if one["why"] else [TAKE])}
    return {**one, "choice": choice} if choice in known else one


def _decided(one: DateView, before: str) -> DateView:
    """Return the date as it was decided before; what is not possible any more is to be decided anew."""
    return _chosen({**one, "choice": ""}, before) if before else one


def _unit(text: object) -> SeriesUnit:
    try:
        return SeriesUnit(str(text))
    except ValueError:
        raise InvalidField("unit", N_("Choose days, weeks or months.")) from None
