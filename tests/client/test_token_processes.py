"""The token cache between processes: one of them asks, and one that dies is in nobody's way."""

import json
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager

import pytest

from servers import Server, grant, serving

PROPER = serving(range(1, 120))
RUN = """
import json, sys
from coupa_async_client import CoupaClient
with CoupaClient(**json.loads(sys.argv[1])) as client:
    print("ready", flush=True)
    sys.stdin.readline()
    scan = client.scan("invoices")
    print(json.dumps([len(scan.collect()), scan.receipt.token_refreshes]))
"""


def numbered(seen):
    return grant(f"token-{seen.turn + 1}")


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "tokens"


@contextmanager
def run(server, cache):
    arguments = json.dumps(server.arguments(token_cache=str(cache)))
    command = [sys.executable, "-c", RUN, arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def begin(process):
    process.stdin.write("go\n")
    process.stdin.flush()


def outcome(process):
    out, errors = process.communicate(timeout=20)
    assert errors == ""
    return json.loads(out)


def test_a_second_run_needs_no_token(cache):
    with Server(PROPER, token=numbered) as server:
        for refreshes in (1, 0):
            with run(server, cache) as process:
                begin(process)
                assert outcome(process) == [119, refreshes]
        assert len(server.tokens) == 1


def test_four_processes_that_start_at_once_ask_for_one_token(cache):
    asked = threading.Event()

    def slowly(seen):
        asked.wait(0.5)
        return numbered(seen)

    with Server(PROPER, token=slowly) as server:
        with ExitStack() as running:
            processes = [running.enter_context(run(server, cache)) for _ in range(4)]
            for process in processes:
                begin(process)
            outcomes = [outcome(process) for process in processes]
        assert len(server.tokens) == 1
    assert sorted(outcomes) == [[119, 0]] * 3 + [[119, 1]]


def test_a_process_killed_while_it_asks_does_not_keep_the_others_waiting(cache):
    asked, over = threading.Event(), threading.Event()

    def token(seen):
        if seen.turn == 0:
            asked.set()
            over.wait(20)
        return numbered(seen)

    with Server(PROPER, token=token) as server:
        with run(server, cache) as killed, run(server, cache) as other:
            begin(killed)
            assert asked.wait(20)
            begin(other)
            killed.send_signal(signal.SIGKILL)
            killed.wait(20)
            assert outcome(other) == [119, 1]
        over.set()
    assert len(json.loads(cache.read_bytes())["tokens"]) == 1
