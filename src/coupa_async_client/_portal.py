"""An event loop on a thread of its own, so that plain code can call coroutines. Knows no Coupa."""

import asyncio
import threading
import weakref
from collections.abc import AsyncGenerator, Coroutine, Generator
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import Any, TypeVar

T = TypeVar("T")

_SLICE = 1.0
"""Seconds a thread waits at a stretch, so that Ctrl-C gets through on every platform."""


class Portal:
    """Runs coroutines from other threads on one loop, started on first use.

    The caller's context variables go along. A caller that is interrupted takes the coroutine with it:
    it is cancelled and waited for.
    """

    def __init__(self, name: str) -> None:
        """Name the thread; nothing is started yet."""
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stop: weakref.finalize[Any, Portal] | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and return its result, or raise its error.

        Raises:
            RuntimeError: called from the loop's own thread, which would wait for itself.
        """
        try:
            loop = self._running()
        except BaseException:
            work.close()
            raise
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return _result(future)
        except BaseException:
            if not future.done():
                future.cancel()
                self._settle()
            raise

    def iterate(self, items: AsyncGenerator[T]) -> Generator[T]:
        """Yield what an asynchronous generator yields; leaving early closes it."""
        try:
            while step := self.run(_step(items)):
                yield step[0]
        finally:
            self.run(items.aclose())

    def close(self) -> None:
        """Stop the loop and join the thread; the portal starts anew when used again."""
        with self._lock:
            if self._stop is not None:
                self._stop()
            self._loop = self._thread = self._stop = None

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._thread is None or not self._thread.is_alive():
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_turn, args=(self._loop,), name=self._name, daemon=True
                )
                self._thread.start()
                self._stop = weakref.finalize(self, _stop, self._loop, self._thread)
            if threading.current_thread() is self._thread:
                msg = "called from the client's own loop thread; use CoupaAsyncClient there"
                raise RuntimeError(msg)
            return self._loop

    def _settle(self) -> None:
        """Give the loop a turn, so that what was cancelled has ended before the caller goes on."""
        if self._loop is not None:
            wait_for([asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop)], _SLICE)


def _result(future: "Future[T]") -> T:
    while True:
        done, _ = wait_for([future], _SLICE)
        if done:
            return future.result()


async def _step(items: AsyncGenerator[T]) -> tuple[T] | None:
    try:
        return (await anext(items),)
    except StopAsyncIteration:
        return None


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    if thread.is_alive() and threading.current_thread() is not thread:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_SLICE)
