"""A budget in a file: whose it is, what becomes of a damaged one, and who gives way to whom."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from coupa_async_client import CoupaConfigError
from coupa_async_client._budget_file import FileStore
from coupa_async_client._budgets import budget_for
from coupa_async_client._record import understood
from coupa_async_client._settings import settings
from coupa_async_client._shared_budget import SharedBudget
from virtual import run

READY = 13
FILLING = (1 + 0.25 * 25) / 25

HOLD = """
import sys, time
from pathlib import Path
from coupa_async_client._locked import FileLock
FileLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
time.sleep(60)
"""
WRITE = """
import asyncio, sys, time
from pathlib import Path
from coupa_async_client._budget_file import FileStore
from coupa_async_client._shared_budget import SharedBudget

async def main():
    store = FileStore(Path(sys.argv[1]), time.monotonic, ours=False)
    budget = SharedBudget(25.0, 20, store, time.monotonic, name="")
    await budget.reserve()
    print("held", flush=True)
    while True:
        await budget.reserve()

asyncio.run(main())
"""


def kept_in(path, *, ours=False):
    clock = asyncio.get_running_loop().time
    return SharedBudget(25.0, 20, FileStore(path, clock, ours=ours), clock, name=repr(str(path)))


def named(budget):
    arguments = {"client_id": "id", "client_secret": "the-secret", "budget": budget}
    checked = settings(instance="acme", **arguments)
    return budget_for(checked, asyncio.get_running_loop().time)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def another_process(code, path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdout=subprocess.PIPE, env=environment
    ) as process:
        try:
            assert process.stdout.readline() == b"held\n"
            yield process
        finally:
            process.kill()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "coupa-async-client"


def test_a_name_is_a_file_that_nobody_else_may_open(cache):
    async def main():
        await named("nightly").reserve()
        await named("other").reserve()

    run(main)
    files = sorted(cache.iterdir())
    assert [file.name.partition("@")[0] for file in files] == ["nightly", "other"]
    assert mode(cache) == 0o700
    assert [mode(file) for file in files] == [0o600, 0o600]


@pytest.mark.parametrize("said", ["", "relative/cache"])
def test_without_a_cache_folder_of_its_own_the_users_is_taken(said, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", said)
    monkeypatch.setenv("HOME", str(tmp_path))

    async def main():
        await named("nightly").reserve()

    run(main)
    assert list((tmp_path / ".cache" / "coupa-async-client").iterdir())


@pytest.mark.parametrize("spell", [str, lambda path: path])
def test_clients_that_name_the_same_file_draw_on_one_bucket(spell, tmp_path):
    async def main():
        one, other = named(spell(tmp_path / "b")), named(spell(tmp_path / "b"))
        waits = [(await budget.reserve()).wait for budget in (one, other) * 7]
        assert waits.count(0.0) == READY
        await one.aclose()

    run(main)


def test_a_relative_path_stays_where_it_was_when_the_client_was_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    async def main():
        budget = named("./b")
        monkeypatch.chdir("/")
        await budget.reserve()

    run(main)
    assert (tmp_path / "b").exists()


def test_a_file_that_holds_something_else_is_left_alone(tmp_path):
    """A path was mistyped, and the head of an export was overwritten."""
    file = tmp_path / "invoices.jsonl"
    file.write_bytes(b'{"id": 1}\n')

    async def main():
        with pytest.raises(CoupaConfigError, match=r"invoices\.jsonl' cannot be used: the file ho"):
            await named(file).reserve()

    run(main)
    assert file.read_bytes() == b'{"id": 1}\n'


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "missing", "device"])
def test_a_place_that_is_no_file_of_ours_is_named_before_anything_is_sent(kind, tmp_path):
    place = tmp_path / "b"
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "link":
        place.symlink_to(tmp_path / "elsewhere")
    elif kind == "missing":
        place /= "b"
    else:
        place = Path(os.devnull)

    async def main():
        with pytest.raises(CoupaConfigError, match=f"{place.name}' cannot be used: "):
            await named(place).reserve()

    run(main)


@pytest.mark.parametrize("size", [0, 1, 8, 50, 111])
def test_what_a_process_left_half_written_is_an_empty_bucket(size, tmp_path):
    file = tmp_path / "b"

    async def main():
        budget, newcomer = named(file), named(file)
        await budget.reserve()
        os.truncate(file, size)
        assert (await budget.reserve()).wait == pytest.approx(FILLING)
        assert (await newcomer.reserve()).wait == pytest.approx(FILLING + 0.04)

    run(main)


def test_a_file_that_is_too_long_is_an_empty_bucket_and_is_made_short_again(tmp_path):
    file = tmp_path / "b"

    async def main():
        await named(file).reserve()
        whole = file.read_bytes()
        file.write_bytes(whole + bytes(10_000))
        assert (await named(file).reserve()).wait == pytest.approx(FILLING)
        assert file.stat().st_size == len(whole)

    run(main)


def test_whatever_is_found_under_a_name_is_a_record_if_a_damaged_one(cache):
    async def main():
        await named("nightly").reserve()
        (file,) = cache.iterdir()
        file.write_bytes(b"nonsense")
        assert (await named("nightly").reserve()).wait == pytest.approx(FILLING)

    run(main)


def test_a_file_that_somebody_removed_is_made_again(tmp_path):
    file = tmp_path / "b"

    async def main():
        budget = named(file)
        await budget.reserve()
        file.unlink()
        assert (await budget.reserve()).wait == pytest.approx(FILLING)
        assert (await named(file).reserve()).wait == pytest.approx(FILLING + 0.04)

    run(main)
    assert mode(file) == 0o600


def test_a_cache_folder_that_somebody_removed_is_made_again(cache, caplog):
    async def main():
        budget = named("nightly")
        await budget.reserve()
        for file in cache.iterdir():
            file.unlink()
        cache.rmdir()
        assert (await budget.reserve()).wait == pytest.approx(FILLING)

    run(main)
    assert list(cache.iterdir())
    assert not caplog.messages


def test_a_process_that_stopped_with_the_lock_in_its_hand_stops_no_other(tmp_path, caplog):
    file = tmp_path / "b"

    async def main():
        budget = named(file)
        await budget.reserve()
        with another_process(HOLD, file) as other:
            other.send_signal(signal.SIGSTOP)
            await budget.reserve()
            assert "does not answer" in caplog.text
        await asyncio.sleep(6)
        assert (await budget.reserve()).wait == pytest.approx(FILLING)

    run(main)


def test_a_process_that_is_killed_in_the_middle_of_it_leaves_a_record(tmp_path):
    file = tmp_path / "b"
    for _ in range(3):
        with another_process(WRITE, file) as other:
            other.kill()
            other.wait()
        assert understood(file.read_bytes(), time.monotonic()) is not None
        assert mode(file) == 0o600
