"""The services: a list, and the form of the one that is open."""

from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, TypedDict, cast

import reflex as rx
from babel.numbers import get_currency_precision
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.services.catalogue.clinic_settings import read_clinic
from app.services.catalogue.equipment import Equipment, kinds
from app.services.catalogue.service_fields import LIMITS, ServiceFields
from app.services.catalogue.services import (
    ServiceEntry,
    change_service,
    create_service,
    list_services,
    offer_service_again,
    retire_service,
)
from app.state.ask import ask
from app.state.base import PageState, policy, refused
from app.state.parse import text_from
from app.state.settings_entries import EntryVars, Verbs
from app.state.settings_forms import WRITE, LineView, is_ticked, whole
from app.words import N_


class ServiceView(TypedDict):
    """The form's values; the price as people write it."""

    name: str
    specialty: str
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    capacity: int
    price: str
    hold_minutes: int
    notice_minutes: int
    horizon_days: int
    room_kind: str
    device_kind: str
    is_video: bool
    needs_referral: bool
    currency: str
    is_active: bool


def service_view(fields: ServiceFields, *, currency: str, is_active: bool) -> ServiceView:
    """Return what the form shows."""
    values = asdict(fields)
    digits = get_currency_precision(currency)
    price = Decimal(values.pop("price_amount")).scaleb(-digits)
    kinds_of = {name: values.pop(name) or "" for name in ("room_kind", "device_kind")}
    shown = {"price": f"{price:.{digits}f}", "currency": currency, "is_active": is_active}
    return cast(ServiceView, {**values, **kinds_of, **shown})


NEW = ServiceFields(name="", specialty="", duration_minutes=15)
NO_SERVICE = service_view(NEW, currency="EUR", is_active=True)


class ServicesState(EntryVars, PageState):
    """The list and the open service."""

    _verbs: ClassVar[Verbs] = Verbs("service", create_service, change_service, retire_service, offer_service_again)

    form: ServiceView = NO_SERVICE
    room_kinds: list[str] = []
    device_kinds: list[str] = []
    specialties: list[str] = []

    @rx.event
    @policy(permission=WRITE)
    def begin(self) -> None:
        """Open an empty form."""
        self.form = service_view(NEW, currency=self.form["currency"], is_active=True)
        self._draw(is_new=True)

    async def _show(self, entry_id: str) -> EventSpec | None:
        try:
            found = await ask(list_services)
            self.room_kinds = await ask(kinds, what=Equipment.ROOM)
            self.device_kinds = await ask(kinds, what=Equipment.DEVICE)
            currency = (await ask(read_clinic)).currency
        except ClinicError as error:
            return refused(error)
        self.lines = [_line(one) for one in found]
        self.specialties = sorted({one.fields.specialty for one in found})
        self.is_loaded = True
        self.form = service_view(NEW, currency=currency, is_active=True)
        opened = next((one for one in found if str(one.id) == entry_id), found[0] if found else None)
        if opened is None:
            self._draw(is_new=True)
            return None
        self.form = service_view(opened.fields, currency=opened.currency, is_active=opened.is_active)
        self._draw(opened_id=str(opened.id), version=opened.version)
        return None

    def _fields(self, form: dict[str, Any]) -> ServiceFields:
        numbers = {name: whole(form, name) for name in LIMITS if name != "price_amount"}
        return ServiceFields(
            name=text_from(form.get("name")),
            specialty=text_from(form.get("specialty")),
            price_amount=minor_from(form.get("price_amount"), currency=self.form["currency"]),
            room_kind=text_from(form.get("room_kind")) or None,
            device_kind=text_from(form.get("device_kind")) or None,
            is_video=is_ticked(form, "is_video"),
            needs_referral=is_ticked(form, "needs_referral"),
            **numbers,
        )


def minor_from(value: object, *, currency: str) -> int:
    """Return an amount in minor units, typed with a point or a comma; raises InvalidField."""
    try:
        amount = Decimal(text_from(value).replace(",", ".").replace(" ", "") or "0")
        minor = amount.scaleb(get_currency_precision(currency))
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise InvalidOperation
        return int(minor)
    except InvalidOperation:
        raise InvalidField("price_amount", N_("Give a price, for example 25 or 25.50.")) from None


def _line(entry: ServiceEntry) -> LineView:
    fields = entry.fields
    detail = f"{fields.specialty} · {fields.duration_minutes} min"
    return LineView(id=str(entry.id), title=fields.name, detail=detail, is_active=entry.is_active)
