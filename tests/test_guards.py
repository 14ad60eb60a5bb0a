"""Each guard of guards.py, and the judgement of coverage_floors.py, is shown what it is there to refuse."""

import asyncio
import logging
import socket
import threading

import pytest
from coverage import Coverage

from coverage_floors import uncovered_in
from guards import SecretReader, is_loopback, leaving_no_task, outside_settings, threads_left


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
def test_a_connection_beyond_loopback_fails_the_test(connect):
    with (
        socket.socket() as unconnected,
        pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"),
    ):
        getattr(unconnected, connect)(("192.0.2.1", 443))


def test_a_connection_to_loopback_passes():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as connected,
    ):
        assert connected.getpeername() == server.getsockname()


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.9.9.9", True), ("::1", True), ("localhost", True), ("::2", False), ("a.example", False)],
)
def test_loopback_is_told_from_the_rest(host, expected):
    assert is_loopback(host) is expected


def test_no_setting_from_outside_reaches_a_test(monkeypatch):
    assert outside_settings() == []
    monkeypatch.setenv("COUPA_BASE_URL", "https://a.example/api")
    monkeypatch.setenv("https_proxy", "http://a.example")
    assert sorted(outside_settings()) == ["COUPA_BASE_URL", "https_proxy"]


def test_a_thread_of_ours_that_goes_on_is_named():
    before = threading.enumerate()
    go = threading.Event()
    threads = [threading.Thread(target=go.wait, name=name) for name in ("coupa-loop", "other")]
    for thread in threads:
        thread.start()
    try:
        assert threads_left(before, patience=0) == ["coupa-loop"]
    finally:
        go.set()
        for thread in threads:
            thread.join()
    assert threads_left(before, patience=0) == []


async def test_a_task_that_goes_on_is_named():
    started = []

    async def careless():
        started.append(asyncio.create_task(asyncio.Event().wait(), name="forgotten"))

    with pytest.raises(AssertionError, match="forgotten"):
        await leaving_no_task(careless)()
    started[0].cancel()


async def test_a_task_that_was_cancelled_may_end():
    async def careful():
        asyncio.create_task(asyncio.Event().wait()).cancel()

    before = asyncio.all_tasks()
    await leaving_no_task(careful)()
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        pytest.param({1, 2, 3, 5}, "lines 4; branches from lines 3", id="a-line"),
        pytest.param(set(), "lines 1-5", id="never-imported"),
    ],
)
def test_what_did_not_run_is_named(tmp_path, data, missing):
    file = tmp_path / "judged.py"
    file.write_text("a = 1\nb = 2\nif a:\n    b = 3\nb = 4\n")
    coverage = Coverage(data_file=None, branch=True, config_file=False)
    if data:
        arcs = [*zip([-1, *sorted(data)], [*sorted(data), -1], strict=True)]
        coverage.get_data().add_arcs({str(file): arcs})

    assert uncovered_in(coverage, file) == missing
    coverage.get_data().close(force=True)  # Python warns of what is left open from 3.13 on


@pytest.mark.parametrize("text", ["client_secret=the-secret", "sent Authorization: Bearer abc"])
def test_a_secret_in_the_log_is_found(text):
    reader = SecretReader()
    for message in (text, "GET /api/invoices 200", "said Authorization: Bearer ***"):
        reader.emit(logging.LogRecord("x", logging.DEBUG, "", 0, message, None, None))
    assert reader.found == [text]
