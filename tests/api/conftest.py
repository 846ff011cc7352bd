"""A clinic with free times and API clients, and the application called in process over a real PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.testclient import TestClient

from app.api import guests
from app.api.app import create_api
from app.infra.limits import Limit
from app.services.accounts import api_clients
from app.services.accounts.permissions import API_SCOPES
from app.services.clock import utc_now
from app.services.patients.write import create
from app.settings import settings
from models.accounts import Role
from models.base import new_id
from models.db import transaction
from tests.builders import (
    building,
    make_clinic,
    make_schedule,
    make_service,
    make_slots,
    staff_of,
)

ORIGIN = "http://localhost:8000"


@dataclass
class World:
    """One clinic as the API's tests see it; ids as text."""

    clinic_id: UUID
    host: str
    location_id: str
    practitioner_id: str
    service_id: str
    slot_ids: list[str]
    starts_at: datetime
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def patient(self, **fields: Any) -> str:
        """Make a patient whom the services can open, and return the id."""
        admin = staff_of(self.clinic_id, role=Role.ADMINISTRATOR)
        given = {"given_name": "Ana", "family_name": f"Example{str(new_id())[-6:]}", "birth_date": date(1984, 5, 17)}
        with transaction(admin) as session:
            return str(create(session, admin, **{**given, **fields}, now=utc_now()).id)

    def client(self, *scopes: str) -> tuple[str, str]:
        """Return the id and secret of an API client with these scopes (all of them when none is named)."""
        wanted = sorted(scopes or API_SCOPES)
        name = " ".join(wanted)
        if name not in self.secrets:
            admin = staff_of(self.clinic_id, role=Role.ADMINISTRATOR)
            with transaction(admin) as session:
                made = api_clients.create(session, admin, name="Tests", scopes=wanted, now=utc_now())
            self.secrets[name] = made.client_id, made.client_secret
        return self.secrets[name]

    def token(self, api: httpx.Client, *scopes: str) -> str:
        """Return a token with these scopes."""
        name = " ".join(sorted(scopes or API_SCOPES))
        if name not in self.tokens:
            client_id, secret = self.client(*scopes)
            form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
            answer = api.post("/auth/token", data=form)
            assert answer.status_code == 200, answer.text
            self.tokens[name] = answer.json()["access_token"]
        return self.tokens[name]

    def headers(self, api: httpx.Client, *scopes: str, key: str | None = None) -> dict[str, str]:
        """Return the headers of a caller with these scopes, and a key for a change."""
        more = {"Idempotency-Key": key or new_id().hex}
        return {"Authorization": f"Bearer {self.token(api, *scopes)}", "Host": self.host, **more}


def build_world(*, count: int = 16, host_name: str = "", **service: Any) -> World:
    """Make a clinic with one practitioner, one service and free times from tomorrow on."""
    tomorrow = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    with building() as session:
        clinic = make_clinic(session, **({"host_name": host_name} if host_name else {}))
        schedule = make_schedule(session, clinic=clinic)
        offered = make_service(session, clinic=clinic, practitioners=[schedule.practitioner_id], **service)
        slots = make_slots(session, schedule=schedule, count=count, starts_at=tomorrow)
        return World(
            clinic_id=clinic.id,
            host=clinic.host_name,
            location_id=str(schedule.location_id),
            practitioner_id=str(schedule.practitioner_id),
            service_id=str(offered.id),
            slot_ids=[str(slot.id) for slot in slots],
            starts_at=tomorrow,
        )


@pytest.fixture(scope="session")
def api(database: object, valkey: str) -> Iterator[TestClient]:
    """The application, called without a network; a failure of ours is an answer, as for a real caller."""
    with TestClient(create_api(), base_url="http://localhost:8000", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def world(api: TestClient) -> World:
    """A clinic that the tests of one module share."""
    return build_world(count=64)


@pytest.fixture(scope="module")
def elsewhere(api: TestClient) -> World:
    """Another clinic, of which the first must see nothing."""
    return build_world()


@pytest.fixture(scope="module")
def place(api: TestClient) -> World:
    """A clinic for guests, whose live holds are counted by clinic."""
    return build_world(count=64)


@pytest.fixture
def guests_uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with no guest counted, however many tests come from one address."""
    monkeypatch.setattr(guests, "HOLDING", Limit(new_id().hex, times=60, seconds=300))
    monkeypatch.setattr(settings(), "holds_per_address", 1_000)


@pytest.fixture
def slot_id(place: World) -> str:
    """A start at `place` that no other test takes."""
    return place.slot_ids.pop(0)
