"""Page state leaves this process only sealed: AES-GCM bound to its key in Valkey (tab token and class).

Reflex pickles each state into Valkey, and passes updates for a tab of another worker through it. Whoever could
read Valkey would read patients, and whoever could write to it would run code by a forged pickle. So both ways
are sealed here under a key derived from the master key, before pickle sees a byte, and a blob that does not
open (altered, moved to another tab, sealed under another key) counts as absent: the page starts afresh.

`install(app)` replaces the two Redis adapters that Reflex made. tests/state/test_page_state.py reads Valkey's
bytes; the names of Reflex' internals used here are pinned by tests/state/test_reflex_contract.py.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from reflex.app import App
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.state import BaseState
from reflex.utils.token_manager import RedisTokenManager

from app.infra.crypto import seal
from app.infra.sealed_redis import OpeningRedis, RecordRedis
from app.settings import settings

# A page rather hears that it reconnects than hang on a Valkey that does not answer.
ANSWER_SECONDS = 2.0
CONNECT_SECONDS = 1.0


class SealedStateManager(StateManagerRedis):
    """Reflex' state manager for Redis, with every state sealed on its way out and opened on its way in."""

    subscriptions: Redis

    async def get_state(self, token: Any, *args: Any, **kwargs: Any) -> Any:
        """Load a page's states; anything but page state would be stored in the clear and is refused."""
        if not isinstance(self._coerce_token(token), BaseStateToken):
            raise TypeError("Only page state may be kept in Valkey.")
        return await super().get_state(token, *args, **kwargs)

    async def set_state(self, token: Any, state: Any, **kwargs: Any) -> None:
        """Store a page's states, sealed."""
        if not isinstance(self._coerce_token(token), BaseStateToken):
            raise TypeError("Only page state may be kept in Valkey.")
        await super().set_state(token, state, **kwargs)

    async def _enable_keyspace_notifications(self) -> None:
        # Asked for at each subscription: a Valkey that was started anew has forgotten it.
        self._redis_notify_keyspace_events_enabled = False
        await super()._enable_keyspace_notifications()

    async def _try_get_lock(self, lock_key: bytes, lock_id: bytes) -> bool | None:
        # A page that is left takes its pending events along. One that was just asking for the lock would get it and
        # never give it back: the page that comes next stood still until the lock ran out.
        asked = asyncio.ensure_future(super()._try_get_lock(lock_key, lock_id))
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            with suppress(RedisError):
                if await asked:
                    await self.redis.delete(lock_key)
                    self._notify_next_waiter(lock_key)
            raise

    @asynccontextmanager
    async def _lock_waiter(self, lock_key: bytes) -> AsyncIterator[asyncio.Event]:
        try:
            async with super()._lock_waiter(lock_key) as released:
                yield released
        except asyncio.CancelledError:
            # It may have been the only one who was told that the lock is free.
            self._notify_next_waiter(lock_key)
            raise

    async def close(self) -> None:
        """Close both clients."""
        await super().close()
        await self.subscriptions.aclose()

    def _collect_state_writes(self, token: BaseStateToken, base_state: BaseState) -> list[tuple[str, bytes]]:
        writes = super()._collect_state_writes(token, base_state)
        return [(key, seal(blob, context=key.encode())) for key, blob in writes]


class SealedTokenManager(RedisTokenManager):
    """Reflex' tab registry, with the updates that it passes between workers sealed.

    Its socket records are pickles as well, so they are kept sealed too: `get` opens, `set` seals.
    """

    def __init__(self, redis: RecordRedis) -> None:
        super().__init__(redis)  # type: ignore[arg-type]


def install(app: App) -> None:
    """Seal the page state of this app; without Valkey (a build, a unit test) there is nothing to seal."""
    if not isinstance(app._state_manager, StateManagerRedis):
        return
    app._state_manager = sealed_manager(commands=_client(), subscriptions=app._state_manager.redis)
    if app.event_namespace is not None:
        records = RecordRedis(_client(), subscriptions=app._state_manager.subscriptions)
        app.event_namespace._token_manager = SealedTokenManager(records)


def sealed_manager(*, commands: Redis, subscriptions: Redis) -> SealedStateManager:
    """Return a state manager whose states live no longer than a session may idle."""
    manager = SealedStateManager(
        redis=OpeningRedis(commands, subscriptions=subscriptions),  # type: ignore[arg-type]
        token_expiration=settings().session_idle_minutes * 60,
    )
    manager.subscriptions = subscriptions
    return manager


def is_store_away(exception: BaseException) -> bool:
    """Tell whether an event failed because Valkey could not be reached or did not answer in time."""
    return isinstance(exception, RedisError)


def _client() -> Redis:
    return Redis.from_url(
        settings().redis_url,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        retry=Retry(ConstantBackoff(0.05), 1),
    )
