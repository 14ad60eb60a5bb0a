"""A plan under way: its pages as they may leave, and the requests in flight for it.

Which page comes next is left to the plans, sending to `_engine`.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import ExitStack

from ._engine import CLOSED, Engine, cancelled
from .errors import CoupaClientError, CoupaConfigError
from .types import Ask, Page, Plan


class Run:
    """Keeps up to `slots` requests of a plan in flight, and hands its pages over one by one.

    New requests set out just before a page is handed over, so they fly while it is looked at, and no
    others until the next is asked for: a slow consumer slows the asking.

    `failed` is told of each page that failed for good: it raises, or lets the rest go on.
    """

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        fetch: Callable[[Ask], Coroutine[None, None, Page]],
        slots: int,
        failed: Callable[[CoupaClientError], None],
    ) -> None:
        """Bind to the running loop; nothing is sent before the first page is asked for."""
        engine.bind()
        self._engine = engine
        self._plan = plan
        self._fetch = fetch
        self._slots = slots
        self._failed = failed
        self._flying: dict[asyncio.Task[Page], Ask] = {}
        self._landed: deque[asyncio.Task[Page]] = deque()
        self._ready: deque[Page] = deque()
        self._unstarted = 0
        self._news = asyncio.Event()
        self._watch = ExitStack()
        self._watch.enter_context(engine.watched(self._news.set))

    async def next(self) -> Page | None:
        """Return the next page, an empty one where a span turned out to hold no more; None at the end.

        Raises:
            CoupaClientError: what `failed` raised, or a page that contradicts the ones before.
        """
        while not self._ready:
            if self._landed:
                self._ready += self._read(self._landed.popleft())
            elif self._plan.done:
                return None
            else:
                self._launch()
                self._news.clear()
                await self._news.wait()
        self._launch()
        return self._ready.popleft()

    async def aclose(self) -> None:
        """Cancel and await what is in flight."""
        self._watch.close()
        flying, self._flying = self._flying, {}
        self._landed.clear()
        await cancelled(flying)

    def _launch(self) -> None:
        """Let as many set out as there are slots and the pace has room."""
        room = self._slots - len(self._flying)
        spare = self._engine.spare()
        if spare is not None:
            room = min(room, max(spare - self._unstarted, 0 if self._flying else 1))
        for ask in self._plan.take(room):
            self._unstarted += 1
            task = self._engine.task(self._fly(ask))
            self._flying[task] = ask
            task.add_done_callback(self._land)
        if not self._flying and not self._plan.done:
            msg = (
                f"{type(self._plan).__name__} asks for nothing and is not done; rows would be lost"
            )
            raise AssertionError(msg)

    def _land(self, task: asyncio.Task[Page]) -> None:
        if task in self._flying:
            self._landed.append(task)
            self._news.set()

    async def _fly(self, ask: Ask) -> Page:
        self._unstarted -= 1
        return await self._fetch(ask)

    def _read(self, task: asyncio.Task[Page]) -> list[Page]:
        ask = self._flying.pop(task)
        if task.cancelled():
            raise CoupaConfigError(CLOSED)
        try:
            page = task.result()
        except CoupaClientError as error:
            self._failed(error)
            return self._plan.fail(ask)
        return self._plan.feed(ask, page)
