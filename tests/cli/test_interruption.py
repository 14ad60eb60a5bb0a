"""Runs that end early: by Ctrl-C, by SIGTERM, by a reader that leaves, by a disk that is full."""

import json
import re
import resource
import signal
import time
from pathlib import Path

import pytest

from coupa_async_client.sandbox import Sandbox


@pytest.fixture
def slow():
    with Sandbox(polite=True, throttle="off", latency=0.02, rows={"invoices": 5000}) as sandbox:
        yield sandbox


def wait_for_request(sandbox, process, number):
    while sum(entry.path == "/api/invoices" for entry in sandbox.journal) < number:
        assert process.poll() is None
        time.sleep(0.01)


@pytest.mark.parametrize(
    "ending",
    [(signal.SIGINT, "interrupted", 130), (signal.SIGTERM, "terminated", 143)],
)
@pytest.mark.parametrize("file", ["a.jsonl", "a.csv"])
@pytest.mark.parametrize("fault", ["hang", "503", None])
def test_a_signal_ends_the_run_at_once_and_the_old_file_stays(
    slow, started, tmp_path, *, ending, file, fault
):
    number, word, code = ending
    (tmp_path / file).write_text("old")
    if fault:
        slow.fault(do=fault, path="invoices", nth=3, times=100, every=1)
    begun = time.monotonic()
    process = started(slow, "export", "invoices", "-o", file, measured=False)
    wait_for_request(slow, process, 3)

    before = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate()

    starting = before - begun  # takes long on a busy machine, as ending does
    assert time.monotonic() - before < max(1, starting)
    assert process.returncode == code
    assert out == b""
    assert err.decode().startswith(f"coupa: {word}; ")
    assert f"; {file} is untouched" in err.decode()
    assert err.count(b"\n") == 1
    assert b" rows had come after " in err
    assert (tmp_path / file).read_text() == "old"
    kept = rb"the same command with --resume goes on behind the .* kept\n"
    drafts = {f".{file}.part", f".{file}.state"} if re.search(kept, err) else set()
    assert {path.name for path in tmp_path.iterdir()} == {file, *drafts}


def test_a_signal_while_the_token_hangs(slow, started, tmp_path):
    slow.fault(do="hang", path="oauth2/token")
    process = started(slow, "export", "invoices", "-o", "a.jsonl", measured=False)
    while not slow.journal:
        assert process.poll() is None
        time.sleep(0.01)

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=5)

    assert process.returncode == 130
    assert err.startswith(b"coupa: interrupted")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_ends_the_run_in_silence(slow, started):
    process = started(slow, "export", "invoices", "-o", "-")

    rows = [json.loads(process.stdout.readline()) for _ in range(3)]
    process.stdout.close()
    err = process.stderr.read()
    process.wait()

    assert [row["id"] for row in rows] == [1, 2, 3]
    assert err == b""
    assert process.returncode == 141
    assert len([entry for entry in slow.journal if entry.path == "/api/invoices"]) < 50


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
@pytest.mark.parametrize("place", ["-", "/dev/full"])
def test_a_full_device_is_named(sandbox, started, place):
    with Path("/dev/full").open("wb") as full:
        process = started(
            sandbox, "export", "invoices", "-o", place, "--format", "jsonl", stdout=full
        )
        _, err = process.communicate()

    assert process.returncode == 1
    assert err.count(b"\n") == 1
    assert b"No space left on device" in err
    assert (b"/dev/full" in err) == (place != "-")


@pytest.mark.parametrize("file", ["a.jsonl", "a.csv"])
def test_a_disk_that_is_full_half_way_leaves_the_old_file_and_the_rows(
    sandbox, started, coupa, tmp_path, file
):
    (tmp_path / file).write_text("old")
    limit = (1_000_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    process = started(
        sandbox,
        *("export", "invoices", "-o", file),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    _, err = process.communicate()

    assert process.returncode == 1
    assert err.count(b"\n") == 1
    assert err.startswith(f"coupa: cannot write {file}: File too large".encode())
    assert f"{file} is untouched".encode() in err
    assert (tmp_path / file).read_text() == "old"

    ran = coupa("export", "invoices", "-o", file, "--resume", environment=sandbox.env())

    assert ran.code == 0
    assert re.match(rf"{file}: 230 rows, complete, [1-9]\d* of an earlier run, ", ran.stderr)
    assert [path.name for path in tmp_path.iterdir()] == [file]
