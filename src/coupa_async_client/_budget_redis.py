"""A shared budget's record in Redis, for the processes of several hosts; needs the extra [redis]."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as LostConnectionError
from redis.exceptions import RedisError

from ._shared_budget import Found

_SWAP = """
local found = redis.call('GET', KEYS[1]) or ''
if ARGV[2] ~= '' and found == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
local time = redis.call('TIME')
return {found, time[1], time[2]}
"""
"""Redis runs a script alone, so that nobody comes between the look and the exchange."""

_KEPT = 600_000
"""Milliseconds after its last use for which a record is kept."""


class RedisStore:
    """Keeps a record under a key. The clock is that of Redis, so that hosts need not agree on one."""

    def __init__(self, url: str, key: str) -> None:
        """Take the URL of Redis; no connection is made yet."""
        # A connection that Redis closed, because nobody used it, is made anew once and at once.
        self._redis = Redis.from_url(
            url, protocol=2, retry=Retry(NoBackoff(), 1), retry_on_error=[LostConnectionError]
        )
        self._swap = self._redis.register_script(_SWAP)
        self._key = key

    async def swap(self, held: bytes | None, wanted: bytes) -> Found:
        """Exchange the record, or look.

        Raises:
            ConnectionError: Redis cannot be reached, or does not let this client do it.
        """
        arguments = (held or b"", b"" if held is None else wanted, _KEPT)
        try:
            found, seconds, microseconds = await self._swap([self._key], arguments)
        except RedisError as error:
            raise ConnectionError(str(error)) from error
        return Found(found, int(seconds) + int(microseconds) / 1e6)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._redis.aclose()
