"""A client that books over HTTP without a pause and remembers what was acknowledged to it."""

import itertools
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

SCOPES = "slots:read appointments:read appointments:write patients:read patients:write"
PATIENCE_SECONDS = 60.0
BETWEEN_SECONDS = 0.2


class Booker:
    """Holds and confirms one start after the other; a broken connection is tried again with the same key."""

    def __init__(self, url: str, *, client_id: str, client_secret: str) -> None:
        self.url = f"{url}/api/v1"
        self.credentials = {"client_id": client_id, "client_secret": client_secret}
        self.acknowledged: list[str] = []
        self.failure: BaseException | None = None
        self._http = httpx.Client(timeout=10)
        self._token = ""
        self._ending = threading.Event()
        self._number = itertools.count(1)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to book."""
        self._thread.start()

    def stop(self) -> None:
        """End after the appointment that is being booked."""
        self._ending.set()
        self._thread.join(PATIENCE_SECONDS)
        self._http.close()

    def wait_for_more(self, number: int, *, within: float = PATIENCE_SECONDS) -> None:
        """Wait until so many further appointments were acknowledged."""
        wanted = len(self.acknowledged) + number
        deadline = time.monotonic() + within
        while len(self.acknowledged) < wanted:
            if self.failure is not None:
                raise self.failure
            if time.monotonic() > deadline:
                raise AssertionError(f"only {len(self.acknowledged)} of {wanted} appointments in {within} s")
            time.sleep(0.05)

    def _run(self) -> None:
        try:
            self._renew()
            services = itertools.cycle(self._services())
            while not self._ending.is_set():
                service = next(services)
                for start in self._starts(service):
                    self._book(service, start)
                    # A clinic has only so many starts, and there are many kills to come.
                    if self._ending.wait(BETWEEN_SECONDS):
                        return
        except BaseException as failure:
            self.failure = failure

    def _services(self) -> list[str]:
        items = self._call("GET", "/services").json()["items"]
        return [item["id"] for item in items if item["capacity"] == 1 and item["prepayment"] == "none"]

    def _starts(self, service: str) -> list[dict[str, Any]]:
        first = datetime.now(UTC) + timedelta(days=2)
        period = {"from": _instant(first), "to": _instant(first + timedelta(days=60))}
        answer = self._call("GET", "/slots", params={"service_id": service, "limit": "200", **period})
        starts: list[dict[str, Any]] = answer.json()["items"]
        return starts

    def _book(self, service: str, start: dict[str, Any]) -> None:
        patient = {
            "given_name": "Kill",
            "family_name": f"Test {next(self._number)} {uuid.uuid4().hex[:6]}",
            "birth_date": "1990-01-01",
        }
        body = {"slot_id": start["id"], "service_id": service, "patient": patient}
        held = self._call("POST", "/appointments", json=body)
        # Refused: the start was taken, by ourselves under a practitioner who is offered twice.
        if held.status_code in (409, 422):
            return
        assert held.status_code == 201, held.text
        identity = held.json()["id"]
        confirmed = self._call("POST", f"/appointments/{identity}/confirm", json={})
        assert confirmed.status_code == 200, confirmed.text
        self.acknowledged.append(identity)

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call until there is an answer; the key stays, so that a repeated booking is the same one."""
        key = {"Idempotency-Key": uuid.uuid4().hex}
        deadline = time.monotonic() + PATIENCE_SECONDS
        last: object = None
        while time.monotonic() < deadline:
            try:
                headers = {"Authorization": f"Bearer {self._token}", **key}
                answer = self._http.request(method, self.url + path, headers=headers, **options)
            except httpx.HTTPError as failure:
                last = failure
            else:
                if answer.status_code in (401, 403):
                    self._renew()
                elif answer.status_code < 500 and answer.status_code != 429:
                    return answer
                last = answer.text
            time.sleep(0.2)
        raise AssertionError(f"{method} {path}: no answer in {PATIENCE_SECONDS} s, the last was {last}")

    def _renew(self) -> None:
        form = {"grant_type": "client_credentials", "scope": SCOPES, **self.credentials}
        try:
            answer = self._http.post(f"{self.url}/auth/token", data=form)
        except httpx.HTTPError:
            return
        if answer.status_code == 200:
            self._token = answer.json()["access_token"]


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
