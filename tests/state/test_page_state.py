"""What Valkey holds of a page cannot be read, moved or forged there."""

import asyncio
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State
from reflex.utils.token_manager import LostAndFoundRecord, SocketRecord

from app.infra.page_state import SealedTokenManager, sealed_manager
from app.infra.sealed_redis import RecordRedis
from app.settings import settings
from tests.state.probe_app import ProbeState

CANARY = "CANARY-Ana-Moreira-1961"


def _stored(url: str) -> dict[bytes, bytes]:
    client = Redis.from_url(url)
    return {key: client.get(key) for key in client.keys("*") if client.type(key) == b"string"}


@asynccontextmanager
async def _manager(url: str) -> AsyncIterator[StateManagerRedis]:
    manager = sealed_manager(commands=AsyncRedis.from_url(url), subscriptions=AsyncRedis.from_url(url))
    yield manager
    await manager.close()


def _token_manager(url: str) -> SealedTokenManager:
    clients = AsyncRedis.from_url(url), AsyncRedis.from_url(url)
    return SealedTokenManager(RecordRedis(clients[0], subscriptions=clients[1]))


async def _write(url: str, *, ident: str, note: str) -> None:
    async with _manager(url) as manager:
        token = BaseStateToken(ident=ident, cls=ProbeState)
        async with manager.modify_state(token) as root:
            state = await root.get_state(ProbeState)
            state.note = note
            root.router_data = {"headers": {"cookie": f"session={CANARY}"}}


async def _read(url: str, *, ident: str) -> str:
    async with _manager(url) as manager:
        root = await manager.get_state(BaseStateToken(ident=ident, cls=ProbeState))
        return str((await root.get_state(ProbeState)).note)


def _keys_of(url: str, ident: str) -> dict[bytes, bytes]:
    return {key: blob for key, blob in _stored(url).items() if key.startswith(ident.encode())}


def test_page_state_comes_back_and_lies_sealed(valkey: str) -> None:
    asyncio.run(_write(valkey, ident="tab-a", note=CANARY))
    blobs = _keys_of(valkey, "tab-a")
    assert len(blobs) >= 2, "the page's own state and the root with the cookie"
    assert all(CANARY.encode() not in blob for blob in _stored(valkey).values())
    assert asyncio.run(_read(valkey, ident="tab-a")) == CANARY


def test_without_sealing_the_canary_lies_in_the_clear(valkey: str) -> None:
    async def plain() -> None:
        manager = StateManagerRedis(redis=AsyncRedis.from_url(valkey))
        async with manager.modify_state(BaseStateToken(ident="tab-plain", cls=ProbeState)) as root:
            (await root.get_state(ProbeState)).note = CANARY
        await manager.close()

    asyncio.run(plain())
    assert any(CANARY.encode() in blob for blob in _keys_of(valkey, "tab-plain").values())
    Redis.from_url(valkey).delete(*_keys_of(valkey, "tab-plain"))


def test_page_state_lives_no_longer_than_a_session_may_idle(valkey: str) -> None:
    asyncio.run(_write(valkey, ident="tab-b", note="x"))
    client = Redis.from_url(valkey)
    lives = [client.ttl(key) for key in _keys_of(valkey, "tab-b")]
    assert lives
    assert all(0 < seconds <= settings().session_idle_minutes * 60 for seconds in lives)


def test_an_altered_state_is_dropped(valkey: str) -> None:
    asyncio.run(_write(valkey, ident="tab-c", note=CANARY))
    client = Redis.from_url(valkey)
    for key, blob in _keys_of(valkey, "tab-c").items():
        client.set(key, blob[:-1] + bytes([blob[-1] ^ 1]))
    assert asyncio.run(_read(valkey, ident="tab-c")) == ""


def test_a_state_moved_to_another_tab_is_dropped(valkey: str) -> None:
    asyncio.run(_write(valkey, ident="tab-d", note=CANARY))
    client = Redis.from_url(valkey)
    for key, blob in _keys_of(valkey, "tab-d").items():
        client.set(key.replace(b"tab-d", b"tab-e"), blob)
    assert asyncio.run(_read(valkey, ident="tab-e")) == ""


class _Forged:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (_Forged.ran.append, ("ran",))

    ran: list[str] = []  # noqa: RUF012


def test_a_forged_pickle_is_never_loaded(valkey: str) -> None:
    client = Redis.from_url(valkey)
    client.set(f"tab-f_{State.get_full_name()}", pickle.dumps(("schema", _Forged())))
    client.set(f"tab-f_{ProbeState.get_full_name()}", pickle.dumps(("schema", _Forged())))
    assert asyncio.run(_read(valkey, ident="tab-f")) == ""
    assert _Forged.ran == []


def test_updates_for_another_worker_travel_sealed(valkey: str) -> None:
    heard: list[bytes] = []
    arrived: list[str] = []

    async def travel() -> None:
        first = _token_manager(valkey)
        second = _token_manager(valkey)
        await second.link_token_to_sid("tab-g", "sid-1")

        async def emit(update: object, token: str) -> None:
            arrived.append(token)

        spy = AsyncRedis.from_url(valkey).pubsub()
        await spy.psubscribe("channel:*")
        second.ensure_lost_and_found_task(emit)
        # What is sent before the other worker listens is heard by nobody.
        for _ in range(100):
            await first.emit_lost_and_found("tab-g", {"delta": CANARY})  # type: ignore[arg-type]
            await asyncio.sleep(0.1)
            if arrived:
                break
        for _ in range(20):
            message = await spy.get_message(timeout=0.1)
            if message and message["type"] == "pmessage":
                heard.append(message["data"])
        await first.close()
        await second.close()

    asyncio.run(travel())
    assert set(arrived) == {"tab-g"}
    assert heard
    assert all(CANARY.encode() not in data for data in heard)
    assert all(b"SocketRecord" not in blob for blob in _stored(valkey).values())


def test_only_page_state_is_kept(valkey: str) -> None:
    from reflex.istate.manager.token import StateToken

    async def other() -> None:
        async with _manager(valkey) as manager:
            await manager.set_state(StateToken(ident="x", cls=dict), {"note": CANARY})

    with pytest.raises(TypeError, match="page state"):
        asyncio.run(other())


def test_the_records_that_travel_are_those_we_know() -> None:
    assert set(SocketRecord.__dataclass_fields__) == {"instance_id", "sid"}
    assert set(LostAndFoundRecord.__dataclass_fields__) == {"token", "update"}
