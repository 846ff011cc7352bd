"""The guide's forms: what was typed in each, as the settings' services take it. Every function raises InvalidField."""

from datetime import date, time
from itertools import pairwise
from typing import Any, TypedDict
from uuid import UUID

from app.errors import InvalidField
from app.services.catalogue.clinic_settings import ClinicFields
from app.services.catalogue.locations import LocationFields
from app.services.catalogue.practitioners import PractitionerFields
from app.services.catalogue.service_fields import ServiceFields
from app.services.schedules.rule_rows import Hours
from app.services.setup.progress import FirstTime
from app.state.parse import text_from, time_from
from app.state.settings_forms import is_ticked, whole
from app.state.settings_services import minor_from
from app.words import N_

DAY = "day-"


class FirstView(TypedDict):
    """The first time that a patient can book; `id` is empty when there is none."""

    id: str
    starts_at: str
    zone: str
    day: str
    location_id: str
    service: str
    practitioner: str
    location: str


NO_FIRST = FirstView(id="", starts_at="", zone="", day="", location_id="", service="", practitioner="", location="")


def first_view(found: FirstTime | None, *, day: date | None = None) -> FirstView:
    """Return what the last step shows; `day` is the first time's on its own calendar."""
    if found is None or day is None:
        return NO_FIRST
    return FirstView(
        id=str(found.start.id),
        starts_at=found.start.starts_at.isoformat(),
        zone=found.start.timezone,
        day=day.isoformat(),
        location_id=str(found.start.location_id),
        service=found.service,
        practitioner=found.practitioner,
        location=found.location,
    )


def password_from(form: dict[str, Any]) -> str:
    """Return the password that was typed twice."""
    # Not `text_from`: spaces at its ends belong to a password.
    typed, again = (str(form.get(name) or "") for name in ("password", "password_again"))
    if typed != again:
        raise InvalidField("password_again", N_("The two are not the same."))
    return typed


def clinic_from(form: dict[str, Any], *, lock_minutes: int) -> ClinicFields:
    """Return the clinic; when its computers lock is asked in the settings."""
    names = ("name", "phone", "language", "timezone", "country")
    words = {name: text_from(form.get(name)) for name in names}
    return ClinicFields(**words, currency=text_from(form.get("currency")), lock_minutes=lock_minutes)


def place_from(form: dict[str, Any], *, country: str, zone: str) -> LocationFields:
    """Return a location in the clinic's country and zone."""
    names = ("name", "address", "phone")
    words = {name: text_from(form.get(name), longest=400) for name in names}
    return LocationFields(**words, timezone=zone, country=country)


def rooms_from(form: dict[str, Any]) -> list[str]:
    """Return the names of rooms, which commas part."""
    typed = text_from(form.get("rooms"), longest=4_000)
    # Arabic has a comma of its own.
    return [name.strip() for name in typed.replace("،", ",").split(",") if name.strip()]


def service_from(form: dict[str, Any], *, currency: str) -> ServiceFields:
    """Return a service; buffers, notice and the rest are asked in the settings."""
    return ServiceFields(
        name=text_from(form.get("name")),
        specialty=text_from(form.get("specialty")),
        duration_minutes=whole(form, "duration_minutes"),
        price_amount=minor_from(form.get("price_amount"), currency=currency),
        room_kind=text_from(form.get("room_kind")) or None,
    )


def person_from(form: dict[str, Any], *, service_ids: tuple[UUID, ...]) -> PractitionerFields:
    """Return somebody who gives care and offers these services."""
    words = {name: text_from(form.get(name)) for name in ("display_name", "specialty", "license_number")}
    return PractitionerFields(**words, service_ids=service_ids)


def week_from(form: dict[str, Any], *, since: date) -> list[Hours]:
    """Return the same hours for every day that was ticked, in two parts when there is a break."""
    times = _times(form)
    days = [day for day in range(7) if is_ticked(form, f"{DAY}{day}")]
    return [Hours(day, starts, ends, since) for day in days for starts, ends in times]


def _times(form: dict[str, Any]) -> list[tuple[time, time]]:
    starts, ends = (time_from(name, form.get(name)) for name in ("starts", "ends"))
    if starts >= ends:
        raise InvalidField("ends", N_("The end must be later than the start."))
    if not (text_from(form.get("break_starts")) or text_from(form.get("break_ends"))):
        return [(starts, ends)]
    stop, go_on = (time_from(name, form.get(name)) for name in ("break_starts", "break_ends"))
    if any(one >= other for one, other in pairwise((starts, stop, go_on, ends))):
        raise InvalidField("break_ends", N_("The break lies within the hours, and its end after its start."))
    return [(starts, stop), (go_on, ends)]
