"""Every refusal that a user can meet: one small class a rule, with its HTTP status and machine word."""

from typing import Any, ClassVar


class ClinicError(Exception):
    """A rule said no. The message is a full sentence that the reader can act on."""

    status_code: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"
    message: ClassVar[str] = "This is not possible."

    def __init__(self, message: str | None = None, **details: Any) -> None:
        super().__init__(message or self.message)
        self.details = details
        self.is_kept = False

    def as_kept(self) -> dict[str, Any]:
        """Return what is kept of a refusal, so that a repeated request hears the same again."""
        return {
            "code": self.code,
            "detail": str(self),
            # What JSON holds stays as it is, so that a repetition hears the very same.
            "details": {k: v if isinstance(v, int | list) else str(v) for k, v in self.details.items()},
        }


class InvalidField(ClinicError):
    """A value that was sent cannot be used; `field` names it."""

    status_code = 422
    code = "invalid-field"
    message = "A field has a value that cannot be used."

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)
        self.field = field


class NotSignedIn(ClinicError):
    status_code = 401
    code = "not-signed-in"
    message = "Sign in first."


class SessionLocked(NotSignedIn):
    """Somebody is signed in here, but the computer is locked."""

    code = "session-locked"
    message = "This computer is locked. Unlock it with a PIN or sign in."


class WrongPin(ClinicError):
    status_code = 403
    code = "wrong-pin"
    message = "This PIN is not right."


class PinBlocked(ClinicError):
    status_code = 429
    code = "pin-blocked"
    message = "Too many wrong PINs. Sign in with your password."


class NotPermitted(ClinicError):
    status_code = 403
    code = "not-permitted"
    message = "Your role does not permit this."


class NotFound(ClinicError):
    """There is no such thing here, or the caller may not know of it."""

    status_code = 404
    code = "not-found"
    message = "There is no such entry."


class AppointmentNotFound(NotFound):
    message = "There is no such appointment."


class SeriesNotFound(NotFound):
    message = "There is no such series."


class PatientNotFound(NotFound):
    message = "There is no such patient."


class SlotUnavailable(ClinicError):
    status_code = 409
    code = "slot-unavailable"
    message = "This time is no longer free. Please choose another."


class PatientOverlap(ClinicError):
    status_code = 409
    code = "patient-overlap"
    message = "The patient already has an appointment at this time."


class PractitionerOverlap(ClinicError):
    status_code = 409
    code = "practitioner-overlap"
    message = "The practitioner already has an appointment at this time."


class RoomUnavailable(ClinicError):
    status_code = 409
    code = "room-unavailable"
    message = "No suitable room is free at this time."


class DeviceUnavailable(ClinicError):
    status_code = 409
    code = "device-unavailable"
    message = "No suitable device is free at this time."


class TimeMissing(ClinicError):
    """A wall-clock time that the location's clock jumps over."""

    status_code = 409
    code = "time-missing"
    message = "The clock is put forward on this day and skips this time."


class SeriesConflicts(ClinicError):
    """Some times of a series are not possible; `conflicts` says which, and nothing of the series was done."""

    status_code = 409
    code = "series-conflicts"
    message = "Some times of this series are not possible. Choose others for them or leave them out."


class InvalidTransition(ClinicError):
    status_code = 409
    code = "invalid-transition"
    message = "The appointment's status does not allow this."


class StaleVersion(ClinicError):
    status_code = 412
    code = "stale-version"
    message = "Somebody changed this in the meantime. Look at it again first."


class StillNeeded(ClinicError):
    """Appointments still to come use what is to be retired; `appointments` says how many. They would stay."""

    status_code = 409
    code = "still-needed"
    message = "Appointments that are still to come need this. Say first that they may stay as they are."


class LastAdministrator(ClinicError):
    status_code = 409
    code = "last-administrator"
    message = "The clinic needs an administrator for all its locations. Give somebody else this role first."


class OwnAccess(ClinicError):
    status_code = 409
    code = "own-access"
    message = "You cannot take your own access away. Ask another administrator."


class HoldExpired(ClinicError):
    status_code = 410
    code = "hold-expired"
    message = "The hold has run out and the time is free again. Please choose a time once more."


class OutsideBookingWindow(ClinicError):
    status_code = 422
    code = "outside-booking-window"
    message = "This time is too soon or too far ahead to be booked."


class OutsideCancellationWindow(ClinicError):
    status_code = 403
    code = "outside-cancellation-window"
    message = "It is too late to cancel online. Please call the clinic."


class TooManyHolds(ClinicError):
    status_code = 429
    code = "too-many-holds"
    message = "Too many times are being held at once. Confirm or release one first."
    retry_after_seconds: int = 30


class TooManyAttempts(ClinicError):
    status_code = 429
    code = "too-many-attempts"
    message = "Too many attempts. Please wait a moment."
    retry_after_seconds: int = 30


class WaitlistEntryNotFound(NotFound):
    message = "There is no such entry on the waitlist."


class WaitlistEntryEnded(ClinicError):
    status_code = 409
    code = "waitlist-entry-ended"
    message = "This entry is no longer on the waitlist."


class OfferNotFound(NotFound):
    message = "There is no such offer. Please open the link from your letter again, or call the clinic."


class OfferAnswered(ClinicError):
    status_code = 409
    code = "offer-answered"
    message = "This offer has been answered already. Nothing was changed."


class OfferExpired(ClinicError):
    status_code = 410
    code = "offer-expired"
    message = "This offer has run out and the time was passed on. You are still on the waitlist."


class OfferClashed(ClinicError):
    status_code = 409
    code = "offer-clashed"
    message = "Your appointment has changed meanwhile, so this time cannot replace it. You keep your appointment."


class TicketNotFound(NotFound):
    message = "There is no such number in the queue."


class TicketMoved(ClinicError):
    """The ticket's state does not allow this: somebody else was quicker, or the visit has ended."""

    status_code = 409
    code = "ticket-moved"
    message = "This number is not where you saw it any more. Look at the list again."


class NobodyWaiting(ClinicError):
    status_code = 404
    code = "nobody-waiting"
    message = "Nobody is waiting who could be called."


class NothingFreeToday(ClinicError):
    """No start today that the rules accept; overbooking, or the waitlist, is left."""

    status_code = 409
    code = "nothing-free-today"
    message = "Nothing is free any more today. Overbook with a reason, or put the patient on the waitlist."


class DisplayNotFound(NotFound):
    message = "This display's link is not valid any more. Make a new one at Arrivals."


class IdempotencyKeyMissing(ClinicError):
    status_code = 400
    code = "idempotency-key-missing"
    message = "Send an Idempotency-Key header, so that a repeated request books only once."


class IdempotencyKeyReused(ClinicError):
    status_code = 422
    code = "idempotency-key-reused"
    message = "This Idempotency-Key was used with another request body."


class Overloaded(ClinicError):
    """There is no room within the wait; nothing was done, so it is safe to try again after the pause that it names."""

    status_code = 503
    code = "overloaded"
    message = "The system is busy. Nothing was changed; please try again in a moment."
    retry_after_seconds: int = 1


def restore(kept: dict[str, Any]) -> ClinicError:
    """Make a kept refusal again from `as_kept`."""
    kinds = {kind.code: kind for kind in _kinds(ClinicError)}
    kind = kinds.get(kept["code"], ClinicError)
    if kind is InvalidField:
        refusal: ClinicError = InvalidField(kept["details"].get("field", ""), kept["detail"])
    else:
        refusal = kind(kept["detail"], **kept["details"])
    refusal.is_kept = True
    return refusal


def _kinds(kind: type[ClinicError]) -> list[type[ClinicError]]:
    # A subclass that shares its parent's code (AppointmentNotFound) comes before it and is overwritten by it.
    below = [further for child in kind.__subclasses__() for further in _kinds(child)]
    return [*below, kind]
