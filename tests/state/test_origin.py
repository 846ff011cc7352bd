"""Who may open the websocket, how much may come over it, and what every answer carries."""

import asyncio
from typing import Any

import httpx
import pytest
from simple_websocket import Client, ConnectionClosed, ConnectionError

from app.infra import cookies
from app.infra.addresses import allowed_origins, client_address
from app.infra.origin import MESSAGE_BYTES, MESSAGES_AT_ONCE, Budget, OriginGuard
from app.settings import settings
from tests.state.conftest import Worker
from tests.state.probe_app import STATE
from tests.state.raw_socket import RawSocket


def _address(worker: Worker, transport: str = "websocket") -> str:
    return f"{worker.url.replace('http', 'ws', 1)}/_event/?EIO=4&transport={transport}&token=t"


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://localhost:1", "file://"])
def test_a_strange_or_absent_origin_opens_no_websocket(worker: Worker, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    with pytest.raises(ConnectionError):
        Client(_address(worker), headers=headers)


def test_our_own_page_opens_the_websocket(worker: Worker) -> None:
    with RawSocket(worker.url, origin=worker.url) as socket:
        assert socket.hydrate()["delta"]


def test_the_polling_transport_does_not_exist(worker: Worker) -> None:
    answer = httpx.get(f"{worker.url}/_event/?EIO=4&transport=polling", headers={"Origin": worker.url})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/_upload", "/_upload/x", "/_all_routes"])
def test_the_frameworks_side_doors_are_closed(worker: Worker, path: str) -> None:
    assert httpx.post(f"{worker.url}{path}", headers={"Origin": worker.url}).status_code == 404
    assert httpx.get(f"{worker.url}{path}").status_code == 404


def test_a_message_over_the_limit_ends_the_connection(worker: Worker) -> None:
    with RawSocket(worker.url, origin=worker.url) as socket:
        socket.hydrate()
        with pytest.raises(ConnectionClosed):
            _send_twice(socket, note="x" * MESSAGE_BYTES)


def test_a_flood_of_messages_ends_the_connection(worker: Worker) -> None:
    with RawSocket(worker.url, origin=worker.url) as socket:
        socket.hydrate()
        with pytest.raises(ConnectionClosed):
            _flood(socket)


def test_a_foreign_page_cannot_post_our_forms(worker: Worker) -> None:
    form = {"login": "a", "password": "b"}
    for headers in ({}, {"Origin": "https://evil.example"}):
        assert httpx.post(f"{worker.url}/auth/sign-in", data=form, headers=headers).status_code == 403


def test_a_foreign_page_may_read_nothing_across_origins(worker: Worker) -> None:
    answer = httpx.get(f"{worker.url}/ping", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_every_answer_carries_the_security_headers(worker: Worker) -> None:
    headers = httpx.get(f"{worker.url}/ping").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert f"connect-src 'self' {worker.url.replace('http', 'ws', 1)};" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]


def test_a_budget_refills_with_time() -> None:
    budget = Budget(rate=1000, burst=2)
    assert [budget.take(), budget.take(), budget.take()] == [True, True, False]
    budget.at -= 1
    assert budget.take()


def test_a_page_gives_the_browser_an_id_once() -> None:
    first = _page({})
    name, _, rest = first.partition("=")
    assert name == "__Host-holdfast-browser"
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= {part.strip() for part in rest.split(";")}
    assert _page({b"cookie": first.split(";")[0].encode()}) == ""


def test_over_plain_http_elsewhere_the_cookie_has_its_plain_name() -> None:
    cookie = _page({b"host": b"clinic.example"})
    assert cookie.startswith("holdfast-browser=")
    assert "Secure" not in cookie


def test_on_a_secure_origin_only_the_host_bound_cookie_counts() -> None:
    planted = "holdfast-session=planted"
    assert cookies.read_cookie(cookies.SESSION, header=planted, origin="https://clinic.example") == ""
    assert cookies.read_cookie(cookies.SESSION, header=planted, origin="http://clinic.example") == "planted"


def test_further_origins_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "public_origins", "https://clinic.example/, ")
    assert "https://clinic.example" in allowed_origins()
    assert "" not in allowed_origins()


def test_a_proxy_names_the_visitor_only_when_it_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = [(b"x-forwarded-for", b"6.6.6.6, 192.0.2.7, 10.0.0.1")]
    scope = {"type": "http", "client": ("10.0.0.2", 1), "headers": headers}
    assert client_address(scope) == "10.0.0.2"
    monkeypatch.setattr(settings(), "trusted_proxy_hops", 2)
    assert client_address(scope) == "192.0.2.7"
    assert client_address({**scope, "headers": []}) == "10.0.0.2"


def test_one_address_holds_so_many_connections_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "connections_per_address", 2)
    guard = OriginGuard(lambda *_: None)  # type: ignore[arg-type,return-value]
    guard.open_by_address["192.0.2.7"] = 2
    assert not guard._may_open("192.0.2.7")
    assert guard._may_open("192.0.2.8")


def _send_twice(socket: RawSocket, *, note: str) -> None:
    socket.call(f"{STATE}.remember", note=note)
    socket.call(f"{STATE}.anybody")


def _flood(socket: RawSocket) -> None:
    for _ in range(int(MESSAGES_AT_ONCE) * 2):
        socket.socket.send("2")
    for _ in range(400):
        socket.socket.receive(0.2)


def _page(headers: dict[bytes, bytes]) -> str:
    """Return the Set-Cookie line that a page comes with, "" without one."""
    sent: list[dict[str, Any]] = []

    async def page(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    given = {b"host": b"localhost:8000", **headers}
    scope = {"type": "http", "path": "/", "scheme": "http", "method": "GET", "headers": list(given.items())}
    asyncio.run(OriginGuard(page)(scope, None, send))  # type: ignore[arg-type]
    return dict(sent[0]["headers"]).get(b"set-cookie", b"").decode()
