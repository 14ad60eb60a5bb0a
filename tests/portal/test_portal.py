"""The loop thread: interrupts, forks, contexts, early exits. Real threads, real signals."""

import asyncio
import contextvars
import gc
import itertools
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from coupa_async_client import CoupaClient, CoupaConfigError, _portal
from coupa_async_client._portal import Portal
from servers import Broken, Server, serving

COLOUR = contextvars.ContextVar("COLOUR", default="none")


@pytest.fixture
def portal():
    portal = Portal("coupa-test")
    yield portal
    portal.close()


def test_a_coroutine_runs_on_one_other_thread(portal):
    async def where():
        return threading.current_thread().name

    assert portal.run(where()) == portal.run(where()) == "coupa-test"


def test_errors_come_through_with_both_threads_in_the_traceback(portal):
    async def fail():
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost") as caught:
        portal.run(fail())
    assert "fail" in [entry.name for entry in caught.traceback]


def test_a_timeout_of_the_work_itself_comes_through(portal):
    async def give_up():
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        portal.run(give_up())


def test_work_may_take_longer_than_a_slice_of_waiting(portal, monkeypatch):
    monkeypatch.setattr(_portal, "_SLICE", 0.001)
    released = threading.Event()

    async def wait():
        await asyncio.to_thread(released.wait)
        return "at last"

    timer = threading.Timer(0.05, released.set)
    timer.start()
    assert portal.run(wait()) == "at last"
    timer.join()


def test_context_variables_go_along(portal):
    async def colour():
        return COLOUR.get()

    COLOUR.set("blue")
    assert portal.run(colour()) == "blue"


def test_a_call_from_the_loops_own_thread_is_refused_instead_of_waiting_for_ever(portal):
    async def inside():
        portal.run(asyncio.sleep(0))

    with pytest.raises(CoupaConfigError, match="use CoupaAsyncClient there"):
        portal.run(inside())


class Numbers:
    """Counts up to an end, or to an error; notes what was drawn, and that it was finished."""

    def __init__(self, end=100, error=None):
        self.drawn = 0
        self.finished = 0
        self._end = end
        self._error = error

    async def draw(self):
        await asyncio.sleep(0)
        if self.drawn == self._end:
            if self._error:
                raise self._error
            return None
        self.drawn += 1
        return self.drawn

    async def finish(self):
        await asyncio.sleep(0)
        self.finished += 1


def taken(portal, numbers):
    with portal.drawing(numbers.draw, numbers.finish) as take:
        while (number := take()) is not None:
            yield number


def test_what_was_drawn_ahead_comes_before_the_error_that_ends_it(portal):
    numbers = Numbers(3, LookupError("lost"))
    came = []
    with pytest.raises(LookupError, match="lost") as caught:
        came.extend(taken(portal, numbers))
    assert came == [1, 2, 3]
    assert numbers.finished == 1
    assert "draw" in [entry.name for entry in caught.traceback]


def test_no_more_than_a_little_is_drawn_ahead(portal):
    numbers = Numbers()
    for number in taken(portal, numbers):
        most = min(number + _portal._AHEAD, 100)
        assert _becomes(lambda most=most: numbers.drawn == most)
        portal.run(asyncio.sleep(0))
        assert numbers.drawn == most
    assert (number, numbers.finished) == (100, 1)


def test_leaving_early_ends_the_drawing(portal):
    numbers = Numbers()
    for number in taken(portal, numbers):
        if number == 3:
            break
    assert numbers.finished == 1
    drawn = numbers.drawn
    portal.run(asyncio.sleep(0))
    assert numbers.drawn == drawn
    assert portal.run(_tasks()) == 1


def test_an_interrupt_while_nothing_comes_ends_the_drawing(portal):
    ended = []

    async def never():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("drawing")

    async def finish():
        ended.append("all")

    def interrupt():
        assert _becomes(lambda: portal._loop and len(asyncio.all_tasks(portal._loop)) == 1)
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt), portal.drawing(never, finish) as take:
        take()
    thread.join(5)
    assert ended == ["drawing", "all"]


def test_an_interrupt_amid_handing_work_over_leaves_no_coroutine_behind(portal, monkeypatch):
    """Ctrl-C in that instant left "coroutine was never awaited" below the message."""

    def interrupted(_work, _loop):
        raise KeyboardInterrupt

    portal.run(asyncio.sleep(0))
    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "run_coroutine_threadsafe", interrupted)
        with pytest.raises(KeyboardInterrupt):
            portal.run(asyncio.sleep(0))
        numbers = Numbers()
        with pytest.raises(KeyboardInterrupt), portal.drawing(numbers.draw, numbers.finish) as take:
            take()
    gc.collect()
    assert (numbers.drawn, portal.run(_tasks())) == (0, 1)


def test_nothing_is_drawn_before_it_is_asked_for(portal):
    numbers = Numbers()
    with portal.drawing(numbers.draw, numbers.finish):
        portal.run(asyncio.sleep(0))
    assert (numbers.drawn, numbers.finished) == (0, 1)


def test_closing_amid_the_drawing_says_so(portal):
    with portal.drawing(Numbers().draw, Numbers().finish) as take:
        take()
        portal.close()
        with pytest.raises(CoupaConfigError, match="closed"):
            take()


def test_closing_while_a_thread_waits_for_what_is_drawn_ends_its_wait(portal):
    async def never():
        await asyncio.Event().wait()

    threading.Timer(0.05, portal.close).start()
    with (
        pytest.raises(CoupaConfigError, match="closed while it was at work"),
        portal.drawing(never, Numbers().finish) as take,
    ):
        take()


def test_it_stays_closed(portal):
    assert portal.run(asyncio.sleep(0, "first")) == "first"
    portal.close()
    assert not [t for t in threading.enumerate() if t.name == "coupa-test"]
    with pytest.raises(CoupaConfigError, match="closed"):
        portal.run(asyncio.sleep(0, "second"))


def test_a_portal_that_was_never_used_closes_too():
    portal = Portal("coupa-test")
    portal.close()
    with pytest.raises(CoupaConfigError, match="closed"):
        portal.run(asyncio.sleep(0))


def test_closing_in_mid_scan_raises_instead_of_ending_the_loop_in_silence():
    """A user closed the client while a generator was half read, and got 50 of 1,000 rows."""
    with Server(serving(range(1, 1_001))) as server:
        client = CoupaClient(**server.arguments())
        pages = client.scan("invoices").pages()
        next(pages)
        client.close()
        with pytest.raises(CoupaConfigError, match="closed"):
            list(pages)
    assert not [t for t in threading.enumerate() if t.name == "coupa-sync"]


def test_closing_while_another_thread_waits_ends_its_wait():
    with Server(lambda _: Broken(b"", "hold")) as server:
        client = CoupaClient(**server.arguments())
        errors = []

        def wait():
            try:
                client.get("invoices/1")
            except CoupaConfigError as error:
                errors.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        assert _becomes(lambda: server.api)
        client.close()
        thread.join(5)
        assert not thread.is_alive()
    assert "closed" in str(errors[0])


def test_an_abandoned_client_ends_its_thread():
    with Server(serving(range(5))) as server:
        client = CoupaClient(**server.arguments())
        client.get("invoices")
        client._portal.run(client._client.aclose())
        del client
    assert not [t for t in threading.enumerate() if t.name == "coupa-sync"]


def test_any_thread_may_call_one_client():
    with (
        Server(serving(range(1, 231))) as server,
        CoupaClient(**server.arguments()) as client,
    ):
        counts = []
        threads = [
            threading.Thread(target=lambda: counts.append(len(client.scan("x").collect())))
            for _ in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counts == [230] * 5
        assert len(server.tokens) == 1


def test_a_closed_client_says_so_and_closes_twice():
    with Server(serving(range(5))) as server:
        client = CoupaClient(**server.arguments())
        client.close()
        client.close()
        with pytest.raises(CoupaConfigError, match="closed"):
            client.scan("invoices")


def test_breaking_out_leaves_nothing_in_flight():
    with Server(serving(range(1, 2000))) as server:
        with CoupaClient(**server.arguments()) as client:
            for _ in client.scan("invoices", paging="offset"):
                break
            tasks = client._portal.run(_tasks())
            assert tasks <= 1
        assert _becomes(lambda: server.idle)


async def _tasks():
    return len(asyncio.all_tasks())


def _becomes(true, seconds=5.0):
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()


def script(body, **fill):
    return [sys.executable, "-W", "error", "-X", "dev", "-c", textwrap.dedent(body).format(**fill)]


SILENT = {
    "sync": """
        from coupa_async_client import CoupaClient
        with CoupaClient(**{arguments}) as client:
            for row in client.scan("invoices", paging="offset"):
                pass
        """,
    "async": """
        import asyncio
        from coupa_async_client import CoupaAsyncClient
        async def main():
            async with CoupaAsyncClient(**{arguments}) as client:
                async for row in client.scan("invoices", paging="offset"):
                    pass
        asyncio.run(main())
        """,
}


@pytest.mark.parametrize("face", SILENT)
def test_ctrl_c_with_requests_in_flight_ends_the_process_at_once(face):
    """A user pressed Ctrl-C and the process hung on in its loop thread."""
    proper = serving(range(1, 5_000))
    count = itertools.count()

    def answer(seen):
        return proper(seen) if next(count) < 40 else Broken(b"", "hold")

    with Server(answer) as server:
        process = subprocess.Popen(
            script(SILENT[face], arguments=repr(server.arguments(default_concurrent=16))),
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert _becomes(lambda: len(server.api) >= 48, 20)
            process.send_signal(signal.SIGINT)
            sent = time.monotonic()
            _, errors = process.communicate(timeout=10)
        finally:
            process.kill()
    assert time.monotonic() - sent < 2
    assert "KeyboardInterrupt" in errors
    assert "never awaited" not in errors
    assert "was destroyed" not in errors
    assert "ResourceWarning" not in errors


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_reads_on_its_own_loop_and_connections():
    """A pre-forking server's worker hung: the loop thread does not survive a fork."""
    body = """
        import os, warnings
        warnings.simplefilter("ignore", DeprecationWarning)
        from coupa_async_client import CoupaClient
        client = CoupaClient(**{arguments})
        assert len(client.scan("invoices").collect()) == 230
        child = os.fork()
        if child == 0:
            rows = len(client.scan("invoices").collect())
            client.close()
            os._exit(0 if rows == 230 else 1)
        _, status = os.waitpid(child, 0)
        assert len(client.scan("invoices").collect()) == 230
        client.close()
        raise SystemExit(os.waitstatus_to_exitcode(status))
        """
    with Server(serving(range(1, 231))) as server:
        done = subprocess.run(
            script(body, arguments=repr(server.arguments())), timeout=20, check=False
        )
    assert done.returncode == 0


def test_a_client_that_is_never_closed_does_not_keep_the_interpreter_from_ending():
    body = """
        from coupa_async_client import CoupaClient
        client = CoupaClient(**{arguments})
        for row in client.scan("invoices"):
            break
        print("over", flush=True)
        """
    with Server(serving(range(1, 231))) as server:
        command = script(body, arguments=repr(server.arguments()))
        done = subprocess.run(
            [command[0], *command[5:]], timeout=20, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "over\n", "")


def test_a_child_asks_for_the_scopes_that_its_parent_was_given():
    """A generator was spent by the parent, and the child asked for everything it could have."""
    scopes = (name for name in ("core.invoice.read", "openid"))
    with CoupaClient(instance="x", client_id="id", client_secret="hush", scopes=scopes) as client:  # noqa: S106
        again = client._make()
        assert again._settings.scopes == ("core.invoice.read", "openid")
        client._portal.run(again.aclose())
