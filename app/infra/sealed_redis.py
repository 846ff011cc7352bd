"""Redis clients that seal what they store or publish and open what they read or hear (page_state.py uses them)."""

import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

from redis.asyncio import Redis

from app.infra.crypto import SealBroken, open_sealed, seal

logger = logging.getLogger(__name__)


class OpeningRedis:
    """A Redis client whose `mget` hands out opened states; everything else is the client's own.

    A subscription waits for as long as nothing happens, so it has a client without a time limit.
    """

    def __init__(self, client: Redis, *, subscriptions: Redis) -> None:
        self._client = client
        self._subscriptions = subscriptions

    def pubsub(self, **kwargs: Any) -> Any:
        """Return a subscription to what Valkey says about keys."""
        return self._subscriptions.pubsub(**kwargs)

    async def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the opened state under each key, None where there is none that opens."""
        blobs = await self._client.mget(keys)
        return [self._opened(key, blob) for key, blob in zip(keys, blobs, strict=True)]

    def _opened(self, key: str, blob: bytes | None) -> bytes | None:
        if blob is None:
            return None
        try:
            return open_sealed(blob, context=key.encode())
        except SealBroken:
            logger.warning("a page state in Valkey did not open and is dropped")
            return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class PublishingRedis:
    """A Redis client that seals what it publishes and opens what it hears, for one token manager."""

    def __init__(self, client: Redis, *, subscriptions: Redis) -> None:
        self._client = client
        self._subscriptions = subscriptions

    async def publish(self, channel: str, message: bytes) -> Any:
        """Publish a sealed message."""
        return await self._client.publish(channel, seal(message, context=channel.encode()))

    def pubsub(self, **kwargs: Any) -> Any:
        """Return a subscription that yields only messages which open."""
        return OpeningSubscription(self._subscriptions.pubsub(**kwargs))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class OpeningSubscription:
    """A subscription whose messages on our own channels come opened."""

    def __init__(self, subscription: Any) -> None:
        self._subscription = subscription

    async def __aenter__(self) -> "OpeningSubscription":
        await self._subscription.__aenter__()
        return self

    async def __aexit__(self, *details: Any) -> None:
        await self._subscription.__aexit__(*details)

    async def listen(self) -> AsyncIterator[Any]:
        """Yield each message, opened; one that does not open is dropped."""
        async for message in self._subscription.listen():
            if message["type"] == "pmessage" and message["channel"].startswith(b"channel:"):
                try:
                    opened = open_sealed(message["data"], context=message["channel"])
                except SealBroken:
                    logger.warning("an update for a page did not open and is dropped")
                    continue
                message = {**message, "data": opened}
            yield message

    def __getattr__(self, name: str) -> Any:
        return getattr(self._subscription, name)


class RecordRedis(PublishingRedis):
    """A client for the tab registry, whose records are pickles too."""

    async def set(self, key: str, value: bytes, **options: Any) -> Any:
        """Store a sealed value."""
        return await self._client.set(key, seal(value, context=key.encode()), **options)

    async def get(self, key: str) -> bytes | None:
        """Return the opened value, None where there is none that opens."""
        blob = await self._client.get(key)
        if blob is None:
            return None
        try:
            return open_sealed(blob, context=key.encode())
        except SealBroken:
            return None
