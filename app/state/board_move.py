"""Moving an appointment on the board: where it may go, the place that was chosen, and the move itself."""

from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError
from app.services.board import desk, moves
from app.services.board.details import appointment_details
from app.services.board.read import place_of
from app.services.board.targets import target_at, targets_on
from app.services.board.why import Obstacle, why_not
from app.services.clock import utc_now
from app.state.ask import ask, do
from app.state.base import PageState, policy, refused, say
from app.state.board import BoardState
from app.state.board_booking_views import NO_MOVE, MoveView, move_view
from app.state.board_deeds import Deed
from app.state.board_pane import PaneState
from app.state.board_park import ParkState
from app.state.board_views import iso
from app.state.parse import day_from, id_from, instant_from, text_from
from app.words import N_

WRITE = "appointments:write"


class MovingState(PageState):
    """Where the appointment that is being moved may go, and where it shall go."""

    # {"card", "day", "starts": {practitioner id: minutes of the day}, "sessions": slot ids}.
    targets: dict[str, Any] = {}
    starts_at: str = ""
    practitioner: str = ""
    # Whether the patient gets a letter of the move, and why it is made.
    is_telling: bool = True
    reason: str = ""
    # Why the place under the pointer cannot take it: {"at": "practitioner/instant", "reasons": [{sentence, values}]}.
    why: dict[str, Any] = {}

    _slot_id: str = ""

    @rx.event
    @policy(permission=WRITE)
    async def start(self) -> EventSpec | None:
        """Begin to move the open appointment: the next time that is chosen is where it goes."""
        return await self._start()

    @rx.event
    @policy(permission=WRITE, automatic=True)
    async def aim(self, day_id: str) -> EventSpec | None:
        """Find where it may go on the day that the board shows, as things are now."""
        pane = await self.get_state(PaneState)
        place_id, _, day = text_from(day_id).partition("/")
        try:
            found = await ask(
                targets_on,
                appointment_id=id_from("card_id", pane.moving["id"]),
                place=await ask(place_of, location_id=id_from("location_id", place_id)),
                day=day_from("day", day),
                now=utc_now(),
            )
        except ClinicError as error:
            return refused(error)
        self.targets = {
            "card": pane.moving["id"],
            "day": text_from(day_id),
            "starts": found.starts,
            "sessions": found.sessions,
        }
        return None

    @rx.event
    @policy(permission=WRITE)
    async def choose(self, practitioner_id: str, starts_at: str) -> EventSpec | None:
        """Choose the new time, to be seen beside the old one before anything is done."""
        board, pane = await self.get_state(BoardState), await self.get_state(PaneState)
        try:
            target = await ask(
                target_at,
                appointment_id=id_from("card_id", pane.moving["id"]),
                place=await ask(place_of, location_id=id_from("location_id", board.location_id)),
                practitioner_id=id_from("practitioner_id", practitioner_id),
                slot_starts_at=instant_from("starts_at", starts_at),
                now=utc_now(),
            )
        except ClinicError as error:
            return refused(error)
        self._slot_id, self.starts_at, self.practitioner = (
            str(target.slot_id),
            iso(target.starts_at),
            target.practitioner,
        )
        pane.pane, pane.picked = "move", [practitioner_id, starts_at]
        return None

    @rx.event
    @policy(permission="slots:explain", automatic=True)
    async def explain(self, practitioner_id: str, starts_at: str) -> EventSpec | None:
        """Say what is wrong with the place under the pointer."""
        board, pane = await self.get_state(BoardState), await self.get_state(PaneState)
        try:
            found = await ask(
                why_not,
                appointment_id=id_from("card_id", pane.moving["id"]),
                practitioner_id=id_from("practitioner_id", practitioner_id),
                location_id=id_from("location_id", board.location_id),
                starts_at=instant_from("starts_at", starts_at),
                now=utc_now(),
            )
        except ClinicError as error:
            found = [Obstacle(str(error), {})]
        reasons = [{"sentence": one.sentence, "values": one.values} for one in found]
        self.why = {"at": f"{text_from(practitioner_id)}/{text_from(starts_at)}", "reasons": reasons}
        return None

    @rx.event
    @policy(permission=WRITE)
    def tell_patient(self, is_telling: bool) -> None:
        """Choose whether a letter of the move is sent."""
        self.is_telling = bool(is_telling)

    @rx.event
    @policy(permission=WRITE)
    def say_why(self, reason: str) -> None:
        """Keep the reason that history shall show."""
        self.reason = text_from(reason)

    @rx.event
    @policy(permission=WRITE)
    async def back_to_move(self) -> None:
        """Show the move again after a look at something else."""
        (await self.get_state(PaneState)).pane = "move"

    @rx.event
    @policy(permission=WRITE)
    async def move(self) -> EventSpec | None:
        """Move the appointment to the chosen time; it can be taken back."""
        pane = await self.get_state(PaneState)
        moved, new_starts_at = pane.moving, self.starts_at
        is_held, tell = moved["status"] == "pending", self.is_telling
        verb = moves.move_held if is_held else partial(desk.move, tell=tell, reason=self.reason)
        try:
            answer = await do(
                verb,
                appointment_id=id_from("card_id", moved["id"]),
                version=moved["version"],
                slot_id=id_from("slot_id", self._slot_id),
                now=utc_now(),
            )
            await (await self.get_state(ParkState))._unpark(moved["id"])
        except ClinicError as error:
            return refused(error)
        pane.moving = NO_MOVE
        pane._remember(_deed(moved, answer.body, kind="move-held" if is_held else "move", tell=tell))
        self._forget()
        await pane._follow(answer)
        return _moved(moved["starts_at"], new_starts_at, zone=moved["zone"])

    async def _start(self) -> EventSpec | None:
        pane = await self.get_state(PaneState)
        try:
            appointment_id = id_from("card_id", pane.visit["id"])
            seen = await ask(appointment_details, appointment_id=appointment_id, now=utc_now())
        except ClinicError as error:
            return refused(error)
        # Taken up once more: the board asks anew only when something has changed.
        kept = self.targets if pane.moving["id"] == str(seen.id) else {}
        self._forget()
        self.targets = kept
        pane.moving, pane.pane, pane.is_asking = move_view(seen), "move", False
        return None

    def _forget(self) -> None:
        self.targets, self.starts_at, self.practitioner, self._slot_id = {}, "", "", ""
        self.is_telling, self.reason, self.why = True, "", {}


def _deed(moved: MoveView, after: dict[str, Any], *, kind: str, tell: bool) -> Deed:
    """Return the move as it can be taken back: to where it was before, told or not as it was."""
    return Deed(
        kind=kind,
        id=str(after["id"]),
        version=after["version"],
        patient=moved["patient"],
        slot_id=moved["slot_id"],
        overbook_reason=moved["overbook_reason"],
        tell=tell,
    )


def _moved(before: str, after: str, *, zone: str) -> EventSpec:
    """Tell of a move in the reader's own way of writing times, with the days when they differ."""
    days = {datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date() for instant in (before, after)}
    old, new = ({"at": instant, "zone": zone, "day": len(days) > 1} for instant in (before, after))
    return say("success", N_("Moved from {old} to {new}."), undo=N_("Undo"), key="undo", old=old, new=new)
