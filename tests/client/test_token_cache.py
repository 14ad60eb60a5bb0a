"""The token cache: one token for several runs and processes, in a file that nobody else can read."""

import asyncio
import json
import logging
import os
import stat
import time
from pathlib import Path

import pytest

from coupa_async_client import CoupaAsyncClient, CoupaClient, CoupaConfigError, _token_store, auth
from coupa_async_client._locked import FileLock
from coupa_async_client._token_file import TokenFile
from coupa_async_client._token_store import TokenStore, forget_tokens
from coupa_async_client._tokens import Token
from servers import Server, grant, http, serving

pytestmark = pytest.mark.anyio

PROPER = serving(range(1, 120))


def numbered(seen):
    return grant(f"token-{seen.turn + 1}")


@pytest.fixture
def server():
    with Server(PROPER, token=numbered) as server:
        yield server


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "tokens"


def read_all(server, cache, **more):
    """Scan as a later run would: nothing is shared in the process."""
    forget_tokens()
    with CoupaClient(**server.arguments(token_cache=cache, **more)) as client:
        scan = client.scan("invoices")
        assert len(scan.collect()) == 119
        return scan.receipt


def entries(cache):
    return json.loads(cache.read_bytes())["tokens"]


def rewrite(cache, **change):
    content = json.loads(cache.read_bytes())
    for entry in content["tokens"].values():
        entry.update(change)
    cache.write_text(json.dumps(content))


async def test_an_async_client_uses_it_too(server, cache):
    assert read_all(server, cache).token_refreshes == 1
    forget_tokens()
    async with CoupaAsyncClient(**server.arguments(token_cache=cache)) as client:
        assert await client.get("invoices")
    assert len(server.tokens) == 1


async def test_waiting_for_the_lock_holds_up_nothing_else_and_ends(
    server, cache, monkeypatch, caplog
):
    monkeypatch.setattr(_token_store, "_PATIENCE", 0.3)
    turns = 0

    async def turning():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    async with CoupaAsyncClient(**server.arguments(token_cache=cache)) as client:
        with FileLock(TokenFile(str(cache)).lock):
            other = asyncio.create_task(turning())
            assert await client.get("invoices")
            other.cancel()
    assert turns > 20
    assert not cache.exists()
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == [
        f"the holder of {cache}.lock got no token within 0 s; asking for one"
    ]


def test_the_files_are_for_the_owner_alone_from_the_start(server, cache, monkeypatch):
    real, modes = os.open, []

    def noted(path, flags, *rest, **more):
        file = real(path, flags, *rest, **more)
        if str(path).startswith(str(cache)):
            modes.append(stat.S_IMODE(os.fstat(file).st_mode))
        return file

    monkeypatch.setattr(os, "open", noted)
    before = os.umask(0)
    try:
        read_all(server, cache)
    finally:
        os.umask(before)
    assert set(modes) == {0o600}
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    assert {file.name for file in cache.parent.iterdir()} == {"tokens", "tokens.lock"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_may_open_is_refused_before_anything_is_sent(server, cache, mode):
    read_all(server, cache)
    cache.chmod(mode)
    with pytest.raises(CoupaConfigError, match=f"chmod 600 {cache}"):
        CoupaClient(**server.arguments(token_cache=cache))
    assert len(server.tokens) == 1


def test_a_file_that_others_may_open_later_is_refused_too(server, cache):
    read_all(server, cache)
    forget_tokens()
    with CoupaClient(**server.arguments(token_cache=cache)) as client:
        cache.chmod(0o644)
        seen = len(server.seen)
        with pytest.raises(CoupaConfigError, match="chmod 600"):
            client.get("invoices")
    assert len(server.seen) == seen


def test_a_file_of_another_user_is_refused(server, cache, monkeypatch):
    read_all(server, cache)
    monkeypatch.setattr(os, "geteuid", lambda: cache.stat().st_uid + 1)
    with pytest.raises(CoupaConfigError, match="belongs to another user"):
        CoupaClient(**server.arguments(token_cache=cache))


def folder(path):
    path.mkdir()
    return path


def fifo(path):
    os.mkfifo(path)
    return path


PLACES = {
    "a folder that is missing": (lambda path: path / "no" / "tokens", "in a folder that exists"),
    "a folder that takes no files": (lambda _: Path("/proc/tokens"), "that you may write to"),
    "below a file": (lambda path: path.write_text("") or path / "tokens", "Not a directory"),
    "a folder": (folder, "no plain file"),
    "a pipe": (fifo, "no plain file"),
    "the root": (lambda _: Path("/"), "write the path of a file out"),
    "nobody's home": (lambda _: "~nobody-of-this-name/tokens", "home directory"),
    "a name with a NUL": (lambda _: "nul\0byte", "give the path of a file"),
    "empty": (lambda _: "", "give the path of a file"),
    "blank": (lambda _: " ", "give the path of a file"),
    "a number": (lambda _: 7, "give the path of a file"),
    "bytes": (lambda _: b"tokens", "give the path of a file"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_place_that_will_not_do_is_named_before_anything_is_sent(server, cache, name):
    place, words = PLACES[name]
    with pytest.raises(CoupaConfigError, match=r"^token_cache is") as caught:
        CoupaAsyncClient(**server.arguments(token_cache=place(cache)))
    assert words in str(caught.value)
    assert server.seen == []


def test_the_home_folder_may_be_abbreviated(server, cache, monkeypatch):
    monkeypatch.setenv("HOME", str(cache.parent))
    read_all(server, "~/tokens")
    assert len(entries(cache)) == 1


def test_the_environment_names_it(server, cache, monkeypatch):
    monkeypatch.setenv("COUPA_TOKEN_CACHE", str(cache))
    options = server.arguments()
    for _ in range(2):
        forget_tokens()
        with CoupaClient.from_env(**options) as client:
            assert client.get("invoices")
    assert len(server.tokens) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"version": 99, "tokens": [1]}', b"x" * (2**20 + 1)],
)
def test_a_damaged_file_counts_as_empty_and_is_replaced(server, cache, content):
    cache.write_bytes(content)
    cache.chmod(0o600)
    for refreshes in (1, 0):
        assert read_all(server, cache).token_refreshes == refreshes
    assert len(entries(cache)) == 1


def test_a_token_from_before_the_clock_was_put_back_is_not_trusted(server, cache):
    read_all(server, cache)
    rewrite(cache, born=time.time() + 600)
    assert read_all(server, cache).token_refreshes == 1


def test_an_end_too_far_away_is_not_trusted(server, cache):
    read_all(server, cache)
    rewrite(cache, expires=time.time() + 400 * 86400)
    assert read_all(server, cache).token_refreshes == 1


@pytest.mark.parametrize(("age", "refreshes"), [(19, 0), (20.1, 1), (24.1, 1)])
def test_a_cached_token_that_is_due_is_not_taken_over(server, cache, age, refreshes):
    read_all(server, cache)
    born = time.time() - age * 3600
    rewrite(cache, born=born, expires=born + 86400)
    assert read_all(server, cache).token_refreshes == refreshes


def test_tokens_that_have_ended_are_dropped_from_the_file(server, cache):
    read_all(server, cache)
    read_all(server, cache, scopes="core.user.read")
    assert len(entries(cache)) == 2
    rewrite(cache, expires=time.time() - 1)
    read_all(server, cache, client_id="another")
    assert [entry["access_token"] for entry in entries(cache).values()] == ["token-3"]


def test_other_credentials_have_a_token_of_their_own(server, cache):
    for more in ({}, {"client_secret": "the-secret-2"}, {"scopes": "a"}, {"client_id": "another"}):
        for refreshes in (1, 0):
            assert read_all(server, cache, **more).token_refreshes == refreshes
    assert len(entries(cache)) == 4


def test_the_secret_is_nowhere_in_the_files(server, cache):
    read_all(server, cache)
    for file in cache.parent.iterdir():
        assert b"the-secret" not in file.read_bytes()


def test_a_cached_token_that_is_refused_is_replaced_once(cache, monkeypatch):
    monkeypatch.setattr(auth, "SETTLING", 0.05)

    def refusing(seen):
        return http(401) if seen.token == "token-1" else PROPER(seen)  # noqa: S105

    with Server(PROPER, token=numbered) as server:
        read_all(server, cache)
        server.answer = refusing
        receipt = read_all(server, cache)
        assert receipt.token_refreshes == 1
        assert receipt.statuses[401] >= 1
        assert len(server.tokens) == 2
        assert read_all(server, cache).token_refreshes == 0


def test_a_symbolic_link_in_its_place_is_replaced_and_not_followed(server, cache, tmp_path):
    """What a link that somebody else had laid pointed at was overwritten."""
    precious = tmp_path / "precious"
    precious.write_text("precious")
    cache.symlink_to(precious)
    read_all(server, cache)
    assert precious.read_text() == "precious"
    assert not cache.is_symlink()
    assert len(entries(cache)) == 1


def test_what_a_killed_writer_left_is_in_nobodys_way(server, cache, tmp_path):
    left = tmp_path / "tokens.new"
    left.write_text("half a tok")
    left.chmod(0o644)
    read_all(server, cache)
    assert not left.exists()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_gone_without(server, cache, monkeypatch, caplog):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TokenFile, "write", full)
    assert read_all(server, cache).token_refreshes == 1
    assert "was not written: [Errno 28] No space left on device" in caplog.text


def test_a_folder_that_vanishes_is_gone_without(server, tmp_path, caplog):
    cache = folder(tmp_path / "cache") / "tokens"
    with CoupaClient(**server.arguments(token_cache=cache)) as client:
        (tmp_path / "cache" / "tokens.lock").unlink()
        cache.parent.rmdir()
        assert client.get("invoices")
    assert "cannot be locked" in caplog.text


def test_a_failed_write_leaves_what_was_there(tmp_path):
    target = folder(tmp_path / "tokens")
    with pytest.raises(OSError, match="tokens"):
        TokenFile(str(target)).write(b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["tokens"]


async def test_two_clients_of_one_process_may_name_the_same_file(server, cache):
    arguments = server.arguments(token_cache=cache)
    async with CoupaAsyncClient(**arguments) as one, CoupaAsyncClient(**arguments) as two:
        await asyncio.gather(one.get("invoices"), two.get("invoices"))
    assert len(server.tokens) == 1


def test_a_token_is_carried_over_on_the_wall_clock(cache):
    """A process's own clock starts anywhere, so its readings mean nothing to the next one."""
    ours = TokenStore("name", str(cache), wall_clock=lambda: 1_000_000.0)
    theirs = TokenStore("name", str(cache), wall_clock=lambda: 1_000_060.0)

    async def keep():
        async with ours.turn():
            ours.keep(Token("t", born=5.0, expires=3605.0, own=True), now=10.0)

    asyncio.run(keep())
    assert list(theirs.tokens(now=70_000.0)) == [Token("t", 70_000.0 - 65, 70_000.0 + 3535)]
