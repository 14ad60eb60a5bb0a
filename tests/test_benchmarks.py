"""The benchmark's own parts: every client drains the same rows, the server is the one the page describes."""

import gzip
import json
import re
import sys
import time

import httpx2
import pytest
from contestants import BY_OFFSET, COMMAND, EXPORT, LOOP, RANGES, SYNC
from figures import Report, Target
from page import PARTS, text
from pages import Resource
from peers import HERE, OURS, Client
from processes import drained, serving, stats, tell_of
from stragglers import list_schedule
from temper import Bucket, Chances, Temper

SPEC = {
    "resources": {
        "invoices": {"rows": 230, "size": "medium", "widest_gap": 9, "gzip": True},
        "few": {"rows": 50},
    }
}


@pytest.mark.parametrize(
    "way", [RANGES, BY_OFFSET, SYNC, EXPORT, COMMAND, LOOP], ids=lambda way: way.label
)
def test_every_client_brings_every_row(way, tmp_path):
    out = tmp_path / "rows.jsonl"
    options = ("--to", "jsonl", "--out", str(out), "--warm-up", "few")
    run = drained(way.client, SPEC, "invoices", *options, *way.options, limit=20)
    came = sorted(map(json.loads, out.read_bytes().splitlines()), key=lambda row: row["id"])
    assert came == decoded(Resource(230, "medium", 9, gzip=True).body(range(230)))
    assert run.client["rows"] == 230 <= run.server["rows"]
    assert run.server["requests"] >= 5
    assert run.client["peak"] > 2**20


@pytest.mark.parametrize("kind", ["fields", "dataclass", "typeddict", "struct", "pydantic"])
def test_rows_of_every_kind_come(kind):
    spec = {"resources": {"invoices": {"rows": 230, "size": "narrow", "gzip": True}}}
    options = ("--to", "rows", "--paging", "auto", "--rows", kind)
    assert drained(OURS, spec, "invoices", *options, limit=20).client["rows"] == 230


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({}, range(1, 51)),
        ({"offset": "190"}, range(191, 201)),
        ({"offset": "200"}, []),
        ({"limit": "3", "id[gt]": "7", "order_by": "id", "dir": "asc"}, [8, 9, 10]),
        ({"limit": "3", "id[lt]": "3"}, [1, 2]),
        ({"limit": "2", "dir": "desc"}, [200, 199]),
        ({"id[gt]": "150", "id[lt]": "153"}, [151, 152]),
        ({"limit": "1000", "id[gt]": "20"}, range(21, 71)),
    ],
)
def test_the_server_answers_what_the_plans_ask(query, ids):
    assert [row["id"] for row in decoded(Resource(200).answer(query))] == list(ids)


@pytest.mark.parametrize("size", ["medium", "large"])
def test_a_compressed_page_holds_the_rows_of_a_plain_one(size):
    plain, compressed = Resource(200, size), Resource(200, size, gzip=True)
    for first in (0, 1, 49, 73, 199):
        places = range(first, min(200, first + 50))
        page = compressed.body(places)
        rows = [{**row, "id": row["id"] + 10_000_000} for row in decoded(plain.body(places))]
        assert page.gzipped
        assert decoded(page) == rows
        assert len(page.content) < 0.6 * len(json.dumps(rows))


def decoded(page):
    return json.loads(gzip.decompress(page.content) if page.gzipped else page.content)


def test_a_bucket_serves_its_burst_and_then_its_rate():
    bucket = Bucket(25, 20, now=0.0)
    assert [bucket.take(0.0) for _ in range(21)] == [True] * 20 + [False]
    assert [bucket.take(0.04), bucket.take(0.041), bucket.take(0.08)] == [True, False, True]
    assert sum(bucket.take(100.0) for _ in range(30)) == 20


def test_a_queue_makes_the_late_wait_their_turn():
    bucket = Bucket(25, 20, now=0.0)
    assert [bucket.book(0.0) for _ in range(20)] == [0.0] * 20
    assert [bucket.book(0.0) for _ in range(2)] == pytest.approx([0.04, 0.08])


def test_latencies_have_the_mean_they_are_said_to_have():
    chances = Chances(Temper(latency=0.15, sigma=0.5, jitter=0.06))
    assert sum(chances.duration() for _ in range(20_000)) / 20_000 == pytest.approx(0.15, rel=0.02)
    assert max(chances.delay_before() for _ in range(1_000)) == pytest.approx(0.06, rel=0.02)
    slow = Chances(Temper(latency=0.1, straggling=0.05, straggle=2.0))
    assert {slow.duration() for _ in range(1_000)} == {0.1, 2.0}


def test_a_list_schedule_begins_each_job_on_the_first_free_slot():
    assert list_schedule([1, 1, 1, 1], 2) == 2
    assert list_schedule([3, 1, 1, 1, 1], 2) == 4
    assert list_schedule([1, 1, 1, 3], 2) == 4
    assert list_schedule([5], 20) == 5


def test_what_is_too_much_is_refused_or_queued_and_counted():
    for excess, status in (("refused", 429), ("queued", 200)):
        temper = {"rate": 2, "burst": 3, "excess": excess}
        spec = {"resources": {"invoices": {"rows": 10}}, "temper": temper}
        with serving(spec) as url, httpx2.Client() as client:
            statuses = [client.get(f"{url}/api/invoices").status_code for _ in range(4)]
            assert stats(url)["refused"] == (excess == "refused")
        assert statuses == [200, 200, 200, status]


def test_a_neighbour_takes_its_share():
    temper = {"rate": 0.01, "burst": 1, "neighbour": 100}
    with serving({"resources": {"invoices": {"rows": 10}}, "temper": temper}) as url:
        assert httpx2.get(f"{url}/api/invoices").status_code == 429
        assert stats(url)["neighbour_served"] == 1


def test_a_client_that_hangs_or_fails_is_ended_and_named():
    started = time.monotonic()
    with pytest.raises(RuntimeError, match="took longer than"):
        tell_of([sys.executable, "-c", "import time; time.sleep(60)"], limit=0.2)
    assert time.monotonic() - started < 10
    with pytest.raises(RuntimeError, match="no such client"):
        tell_of([sys.executable, "-c", "raise SystemExit('no such client')"], limit=10)


def test_a_server_is_gone_when_its_part_is_over():
    with serving(SPEC) as url:
        assert stats(url)["requests"] == 0
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{url}/stats")


def test_the_page_says_plainly_what_is_missed():
    met = Target("time", "at most", 1.15, 1.1)
    missed = Target("share", "at least", 0.9, 0.8, "{:.0%}")
    reports = {part: Report(f"figures of {part}") for part in PARTS}
    page = text(reports | {"cpu": Report("figures of cpu", [met, missed])}, rounds=5)
    assert "**1 of 2 is missed.**" in page
    assert "| cpu | time | at most 1.15 x | 1.10 x | met |" in page
    assert "| cpu | share | at least 90% | 80% | **missed** |" in page
    assert "median of 5 rounds" in page
    assert all(f"figures of {part}" in page for part in PARTS)
    assert not re.search(r"\{[a-z_]+\}", page)


def test_what_peers_need_is_pinned_to_the_version():
    for requirements in (HERE / "requirements").iterdir():
        for line in requirements.read_text().splitlines():
            assert re.fullmatch(r"[\w.-]+==[\w.]+", line), (requirements.name, line)


def test_every_client_has_its_script_and_requirements():
    for name, made in vars(sys.modules["peers"]).items():
        if isinstance(made, Client):
            assert (HERE / "clients" / made.script).is_file(), name
            assert made.peer is None or (HERE / "requirements" / f"{made.peer}.txt").is_file(), name
