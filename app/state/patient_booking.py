"""Who is to be booked: the board takes them along, over days and places, until a time is chosen."""

import reflex as rx
from reflex.event import EventSpec

from app import routes
from app.errors import ClinicError
from app.services.clock import utc_now
from app.services.patients.read import get
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import id_from
from app.state.patient_views import NO_MATCH, MatchView, match_view


class PatientBookingState(PageState):
    """Who is to be booked; of them only the name is sent to the browser before a time was chosen."""

    patient_name: str = ""

    _wanted: MatchView = NO_MATCH
    _service_id: str = ""

    @rx.event
    @policy(permission="appointments:write")
    async def book_for(self, patient_id: str) -> EventSpec | None:
        """Go to the board to choose a time for the patient."""
        return await self._go(patient_id, "")

    @rx.event
    @policy(permission="appointments:write")
    async def book_again(self, patient_id: str, service_id: str) -> EventSpec | None:
        """Go to the board to choose a time for the same service once more."""
        return await self._go(patient_id, str(service_id))

    async def _go(self, patient_id: str, service_id: str) -> EventSpec | None:
        # It imports this module.
        from app.state.board_pane import PaneState

        try:
            await self._find(patient_id, service_id)
        except ClinicError as error:
            return refused(error)
        # What was open on the board last is left, or it would stand where the board says for whom a time is chosen.
        await (await self.get_state(PaneState))._close()
        return rx.redirect(routes.BOARD)

    async def _find(self, patient_id: str, service_id: str) -> None:
        found = await ask(get, patient_id=id_from("patient", patient_id), now=utc_now())
        self._carry(match_view(found), service_id)

    def _carry(self, patient: MatchView, service_id: str) -> None:
        """Take a patient along, or with NO_MATCH nobody."""
        self._wanted, self._service_id, self.patient_name = patient, service_id, patient["name"]

    def _hand_over(self) -> tuple[MatchView, str]:
        """Return whom the board shall book, and which service; once only."""
        taken = self._wanted, self._service_id
        self._carry(NO_MATCH, "")
        return taken
