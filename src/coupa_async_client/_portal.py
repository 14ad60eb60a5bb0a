"""An event loop on a thread of its own, so that plain code can call coroutines."""

import asyncio
import inspect
import os
import threading
import weakref
from collections.abc import Callable, Collection, Coroutine, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from .errors import CoupaConfigError

T = TypeVar("T")

_SLICE = 1.0
"""Seconds a thread waits at a stretch, so that Ctrl-C gets through on every platform."""

_AHEAD = 4
"""Items that may lie ready before they are asked for."""

_PATIENCE = 5.0
"""Seconds that cancelled work has for cleaning up."""


class Portal:
    """Runs coroutines from other threads on one loop, started on first use, ended by `close`.

    The caller's context variables go along. A caller that is interrupted takes the coroutine with it:
    it is cancelled and waited for. A process forked off has no loop thread, and is told so.
    """

    def __init__(self, name: str) -> None:
        """Name the thread; nothing is started yet."""
        self._name = name
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stop: weakref.finalize[Any, Portal] | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and return its result, or raise its error.

        Raises:
            CoupaConfigError: the portal is closed or of another process, or this is the loop's own
                thread, which would wait for itself.
        """
        known: set[asyncio.Task[Any]] = set()
        future: Future[T] | None = None
        try:
            loop = self._running()
            future = _submitted(work, known, loop)
            return _outcome(future)
        except BaseException:
            if future and not future.done() and future.cancel() and self._loop is not None:
                wait_for([asyncio.run_coroutine_threadsafe(_ended(known), self._loop)], _PATIENCE)
            raise
        finally:
            if inspect.getcoroutinestate(work) == inspect.CORO_CREATED:
                work.close()

    @contextmanager
    def drawing(
        self,
        draw: Callable[[], Coroutine[Any, Any, T | None]],
        finish: Callable[[], Coroutine[Any, Any, None]],
    ) -> Iterator[Callable[[], T | None]]:
        """Give a way to take what `draw` returns, until it is None; run `finish` at the end.

        The loop draws a little ahead, so that it has work while the caller is at work. An interrupt
        may come at any moment; whatever is being drawn then is ended first. Nothing is done once the
        loop has ended.
        """
        known: set[asyncio.Task[Any]] = set()
        drawn: SimpleQueue[T | None] = SimpleQueue()
        room = asyncio.Semaphore(_AHEAD)
        pumping: Future[None] | None = None

        async def pump() -> None:
            while (item := await draw()) is not None:
                drawn.put(item)
                await room.acquire()

        def take() -> T | None:
            nonlocal pumping
            loop = self._running()
            if pumping is None:
                pumping = _submitted(pump(), known, loop)
                pumping.add_done_callback(lambda _: drawn.put(None))
            else:
                loop.call_soon_threadsafe(room.release)
            item = _taken(drawn)
            if item is None:
                _outcome(pumping)
            return item

        async def over() -> None:
            for task in known:
                task.cancel()
            await _ended(known)
            await finish()

        try:
            yield take
        finally:
            if self._alive:
                self.run(over())

    def close(self) -> None:
        """Cancel what runs, stop the loop and join the thread, for good."""
        with self._lock:
            self._closed = True
            if self._stop is not None:
                self._stop()

    @property
    def _alive(self) -> bool:
        started = self._thread is not None and self._thread.is_alive()
        return started and self._stop is not None and self._stop.alive and self._pid == os.getpid()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._pid != os.getpid():
                msg = "this was begun before a fork; the child process must begin its own"
                raise CoupaConfigError(msg)
            if self._loop is None and not self._closed:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_turn, args=(self._loop,), name=self._name, daemon=True
                )
                self._thread.start()
                self._stop = weakref.finalize(self, _stop, self._loop, self._thread)
            if self._loop is None or not self._alive:
                msg = "this client is closed; make a new one, and close it after the last row"
                raise CoupaConfigError(msg)
            if threading.current_thread() is self._thread:
                msg = "called from the client's own loop thread; use CoupaAsyncClient there"
                raise CoupaConfigError(msg)
            return self._loop


def _outcome(future: "Future[T]") -> T:
    while True:
        try:
            return future.result(_SLICE)
        except TimeoutError:
            if future.done():  # then it is the coroutine's own
                return future.result()
        except CancelledError:
            msg = "the client was closed while it was at work; close it after the last row"
            raise CoupaConfigError(msg) from None


def _taken(queue: "SimpleQueue[T]") -> T:
    while True:
        with suppress(Empty):
            return queue.get(timeout=_SLICE)


def _submitted(
    work: Coroutine[Any, Any, T], known: set[asyncio.Task[Any]], loop: asyncio.AbstractEventLoop
) -> "Future[T]":
    """Hand a coroutine to the loop, or close it: an interrupt may come in between."""
    noted = _known(work, known)
    try:
        return asyncio.run_coroutine_threadsafe(noted, loop)
    except BaseException:
        noted.close()
        work.close()
        raise


async def _known(work: Coroutine[Any, Any, T], known: set[asyncio.Task[Any]]) -> T:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  (a coroutine is run by one)
    known.add(task)
    try:
        return await work
    finally:
        known.discard(task)


async def _ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Wait until cancelled tasks have cleaned up."""
    if tasks:
        await asyncio.wait(tasks, timeout=_PATIENCE)


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(_finish())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _finish() -> None:
    """Cancel every task but this one, and let them clean up."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await _ended(others)


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    if thread.is_alive() and threading.current_thread() is not thread:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_PATIENCE)
