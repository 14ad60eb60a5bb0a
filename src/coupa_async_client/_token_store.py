"""Where a token is kept beyond the client that asked for it: in the process, and in a file if told so.

Whether a token is taken over is left to `auth`.
"""

import asyncio
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from ._locked import FileLock
from ._token_file import TokenFile
from ._tokens import Token, spelled, understood
from .errors import CoupaConfigError

log = logging.getLogger("coupa_async_client")

_MOST_PLACES = 64
_PATIENCE = 30.0
"""Seconds to wait while another client or process asks for a token."""

_LOOK_AGAIN = 0.01


@dataclass(slots=True)
class _Place:
    """The token that clients of one process share, and the right to ask for the next."""

    token: Token | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    process: int = field(default_factory=os.getpid)


_PLACES: dict[str, _Place] = {}
"""By identity, newest last: the package's only state at module level.

Single dict operations are atomic, so no lock guards it that a fork could leave locked. A forked child
takes the tokens over, not the locks.
"""


def forget_tokens() -> None:
    """Forget what clients of this process share, so that the next one asks for a token."""
    _PLACES.clear()


class _Lock(Protocol):
    def acquire(self, blocking: bool = ...) -> bool: ...

    def release(self) -> None: ...


class TokenStore:
    """The places where one client finds the tokens of others with its identity, and leaves its own.

    They are the process, if `shared`, and the file, if there is a path.
    """

    def __init__(
        self,
        identity: str = "",
        path: str | None = None,
        *,
        shared: bool = False,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Look whether the file may be used; nothing is kept yet.

        Raises:
            CoupaConfigError: others may read the file, or its folder cannot be written to.
        """
        self._identity = identity
        self._shared = shared
        self._alone = _Place()
        self._wall_clock = wall_clock
        self._has_turn = False
        self._file = TokenFile(path) if path else None
        if self._file:
            _try_out(self._file)

    def tokens(self, now: float) -> Iterator[Token]:
        """Yield what others left, as they left it; `now` is the reading of the tokens' clock.

        Raises:
            CoupaConfigError: others may read the file.
        """
        if token := self._place().token:
            yield token
        if self._file:
            wall = self._wall_clock()
            saved = understood(self._file.read(), wall)
            if self._identity in saved:
                yield saved[self._identity].moved(now - wall)

    def keep(self, token: Token, now: float) -> None:
        """Leave a token for others; in the file only where it is this client's turn.

        Raises:
            CoupaConfigError: others may read the file.
        """
        self._place().token = token
        if self._file and self._has_turn:
            wall = self._wall_clock()
            tokens = understood(self._file.read(), wall)
            tokens[self._identity] = token.moved(wall - now)
            try:
                self._file.write(spelled(tokens))
            except OSError as error:
                log.warning("token_cache %s was not written: %s", self._file.path, error)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until nobody else who shares the place asks for a token, though not for ever.

        Looked after again and again, since a holder may be on another loop or in another process.
        """
        lock: _Lock = FileLock(self._file.lock) if self._file else self._place().lock
        self._has_turn = await self._acquired(lock)
        try:
            yield
        finally:
            if self._has_turn:
                self._has_turn = False
                lock.release()

    async def _acquired(self, lock: _Lock) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not lock.acquire(blocking=False):  # noqa: ASYNC110  (others hold it)
                    await asyncio.sleep(_LOOK_AGAIN)
        except TimeoutError:
            who = f"the holder of {self._file.lock}" if self._file else "another client"
            log.warning("%s got no token within %.0f s; asking for one", who, _PATIENCE)
        except OSError as error:
            log.warning("token_cache cannot be locked (%s); going on without it", error)
        else:
            return True
        return False

    def _place(self) -> _Place:
        if not self._shared:
            return self._alone
        place = _PLACES.get(self._identity)
        if place is None:
            place = _PLACES.setdefault(self._identity, _Place())
            for oldest in list(_PLACES)[:-_MOST_PLACES]:
                _PLACES.pop(oldest, None)
        elif place.process != os.getpid():
            place = _PLACES[self._identity] = _Place(place.token)
        return place


def _try_out(file: TokenFile) -> None:
    """Open what will be opened later, while nothing has been sent."""
    file.read()
    lock = FileLock(file.lock)
    try:
        if lock.acquire(blocking=False):
            lock.release()
    except OSError as error:
        msg = (
            f"token_cache is {str(file.path)!r}, but {str(file.lock)!r} cannot be opened beside it "
            f"({error.strerror}); name a file in a folder that exists and that you may write to"
        )
        raise CoupaConfigError(msg) from error
