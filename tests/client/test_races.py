"""Rows that change while they are read, and tokens that end: what was there throughout comes once."""

import random
import threading
import time
from collections import Counter

import pytest

from coupa_async_client import CoupaAsyncClient, CoupaClient
from coupa_async_client.sandbox import Sandbox

MUTATIONS_A_SECOND = 200
SAFE = {"ranges": "auto", "keyset": "keyset"}
LATENCY = 0.01
"""Seconds for an answer, so that a scan takes long enough for many changes."""


def arguments_for(sandbox):
    return {
        "base_url": sandbox.base_url,
        "token_url": sandbox.token_url,
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "rate": None,
    }


def polite(size, attribute, value, **knobs):
    loaded = [{"id": i, attribute: value} for i in range(1, size + 1)]
    return Sandbox(polite=True, throttle="off", load={"invoices": loaded}, **knobs)


class Mutator:
    """Changes 200 rows a second until it is left: born, out of the filter, into it.

    Only rows whose id a seventh of all have are touched; `stable` names the others.
    """

    def __init__(self, sandbox, size):
        self.sandbox = sandbox
        self.moving = range(7, size + 1, 7)
        self.stable = set(range(1, size + 1)) - set(self.moving)
        self.changes = 0
        self.chance = random.Random(11)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._mutate)

    def __enter__(self):
        self.started = time.monotonic()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join(10)

    def _mutate(self):
        while not self.over.wait(0.005):
            due = (time.monotonic() - self.started) * MUTATIONS_A_SECOND
            while self.changes < due:
                self._change()
                self.changes += 1

    def _change(self):
        if self.changes % 3 == 0:
            self.sandbox.insert("invoices", {"status": "approved"})
            return
        status = "approved" if self.changes % 3 == 1 else "voided"
        self.sandbox.update("invoices", self.chance.choice(self.moving), {"status": status})


@pytest.mark.parametrize("paging", SAFE)
def test_a_drain_of_the_export_queue_loses_no_row_while_rows_are_marked(paging):
    with (
        polite(5_000, "exported", False) as sandbox,
        CoupaClient(**arguments_for(sandbox)) as client,
    ):
        came = []
        scan = client.scan("invoices", {"exported": False}, paging=SAFE[paging])
        for row in scan:
            sandbox.update("invoices", row["id"], {"exported": True})
            came.append(row["id"])
        assert sorted(came) == list(range(1, 5_001))
        assert client.scan("invoices", {"exported": False}).collect() == []
    assert scan.receipt.complete


async def test_a_drain_that_marks_rows_through_the_client_loses_none():
    with polite(600, "exported", False) as sandbox:
        async with CoupaAsyncClient(**arguments_for(sandbox)) as client:
            came = []
            async for row in client.scan("invoices", {"exported": False}):
                path = f"invoices/{row['id']}"
                await client.request("PUT", path, params={"exported": True})
                came.append(row["id"])
        assert sorted(came) == list(range(1, 601))
        assert sandbox.rows("invoices", {"exported": "false"}) == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("paging", SAFE)
def test_rows_that_match_throughout_come_once_while_200_others_change_a_second(paging):
    size = 50_000
    with (
        polite(size, "status", "approved", latency=LATENCY) as sandbox,
        CoupaClient(**arguments_for(sandbox)) as client,
        Mutator(sandbox, size) as mutator,
    ):
        scan = client.scan(
            "invoices", {"status": "approved"}, ["id"], paging=SAFE[paging], concurrent=4
        )
        counts = Counter(id_ for page in scan.pages() for id_ in page.ids)
        elapsed = time.monotonic() - mutator.started
        changes = mutator.changes
    assert changes > elapsed * MUTATIONS_A_SECOND / 2
    assert max(counts.values()) == 1
    assert mutator.stable <= counts.keys()
    assert scan.receipt.complete


@pytest.mark.timing
@pytest.mark.timeout(60)
def test_a_token_that_lives_two_seconds_is_refreshed_once_for_all_slots():
    with (
        polite(50_000, "status", "approved", token_seconds=2, latency=0.2) as sandbox,
        CoupaClient(**arguments_for(sandbox), default_concurrent=20) as client,
    ):
        started = time.monotonic()
        scan = client.scan("invoices", fields=["id"])
        ids = [id_ for page in scan.pages() for id_ in page.ids]
        elapsed = time.monotonic() - started
        tokens = [entry for entry in sandbox.journal if entry.path == "/oauth2/token"]
    assert sorted(ids) == list(range(1, 50_001))
    assert elapsed > 10
    assert elapsed / 3 < len(tokens) <= elapsed / 1.8 + 2
    assert scan.receipt.token_refreshes == len(tokens)
