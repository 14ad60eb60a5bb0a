"""Four processes at one server's limit: in sum as fast as one alone, none refused, none left behind."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

import sharer
from redis_server import RedisServer
from servers import Server, http, rows
from virtual import Bucket

RATE, BURST = 50.0, 20
NAMES = ("invoices", "suppliers", "users", "contracts")
WATCHED = 200
"""Requests that are counted, by whom they were sent."""


class Limited:
    """Answers with rows without end, and 429 to one request too many; notes who came when."""

    def __init__(self):
        self.came = []
        self.refused = 0
        self._bucket = Bucket(RATE, BURST)
        self._bucket.at = time.monotonic()
        self._news = threading.Condition()

    def __call__(self, seen):
        now = time.monotonic()
        with self._news:
            admitted = self._bucket.delay(now) is not None
            self.came.append((now, seen.path.rpartition("/")[2]))
            self.refused += not admitted
            self._news.notify_all()
        first = int(seen.query["offset"]) + 1
        asked = range(first, first + int(seen.query["limit"]))
        return http(200, rows(asked)) if admitted else http(429)

    def wait(self, condition):
        """Wait until something holds of those who came."""
        with self._news:
            assert self._news.wait_for(condition, 20)

    def since(self, start, end=float("inf")):
        """Count who came, by name."""
        return Counter(name for at, name in self.came if start <= at < end)


@pytest.fixture(params=["file", "redis"])
def budget(request, tmp_path):
    if request.param == "file":
        yield str(tmp_path / "b")
        return
    pytest.importorskip("redis", reason="the extra [redis] is not installed")
    with RedisServer(tmp_path) as server:
        yield server.url


@pytest.fixture
def limited():
    limited = Limited()
    with Server(limited) as server:
        limited.arguments = server.arguments
        yield limited


@pytest.fixture
def started(limited, budget):
    """Start four processes, which are gone by the end of the test."""
    arguments = json.dumps(limited.arguments(rate=RATE, burst=BURST, budget=budget))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    script = Path(sharer.__file__)
    with ExitStack() as running:
        processes = {}
        for name in NAMES:
            process = running.enter_context(
                subprocess.Popen([sys.executable, script, arguments, name], env=environment)
            )
            running.callback(process.kill)
            processes[name] = process
        yield processes


@pytest.mark.timing
def test_four_processes_share_the_rate_and_take_over_from_one_that_is_killed(limited, started):
    limited.wait(lambda: len(limited.since(0)) == len(NAMES) and len(limited.came) > 2 * BURST)
    before = len(limited.came)
    limited.wait(lambda: len(limited.came) >= before + WATCHED)
    start, end = limited.came[before][0], limited.came[before + WATCHED - 1][0]
    shares = limited.since(start, end)
    assert WATCHED / (end - start) == pytest.approx(RATE, rel=0.1)
    assert min(shares[name] for name in NAMES) >= 0.6 * WATCHED / len(NAMES)

    started["users"].kill()
    killed_at = time.monotonic()
    limited.wait(lambda: limited.came[-1][0] > killed_at + 2)
    rest = limited.since(killed_at + 1, killed_at + 2)
    assert rest["users"] == 0
    assert len(rest) == len(NAMES) - 1
    assert rest.total() >= 0.9 * RATE
    assert limited.refused == 0
