import os
import resource
import stat
import sys
import threading
from pathlib import Path

import pytest

from coupa_async_client.errors import CoupaClientError, CoupaConfigError
from coupa_async_client.export import export
from coupa_async_client.types import Page

PAGE = Page([b'{"id":1}', b'{"id":2}'])
KINDS = ["rows.jsonl", "rows.csv"]


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def failing(error):
    yield PAGE
    raise error


def untouchable():
    pytest.fail("a page was asked for")
    yield


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("error", [CoupaClientError("no"), KeyboardInterrupt(), GeneratorExit()])
def test_a_run_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, name, error):
    path = tmp_path / name
    path.write_bytes(b"old")

    with pytest.raises(type(error)):
        export(failing(error), path)

    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == [name]


@pytest.mark.parametrize("name", KINDS)
def test_the_file_is_not_there_before_the_last_row(tmp_path, name):
    def pages():
        yield PAGE
        assert not (tmp_path / name).exists()
        yield PAGE

    export(pages(), tmp_path / name)

    assert names_in(tmp_path) == [name]


@pytest.fixture
def umask():
    before = os.umask(0o027)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("name", KINDS)
def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path, name):
    export([PAGE], tmp_path / name)

    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o640


@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_is_replaced_hands_its_permissions_on(tmp_path, name):
    path = tmp_path / name
    path.touch(mode=0o600)

    export([PAGE], path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_size > 0


def test_a_link_stays_a_link(tmp_path):
    real = tmp_path / "elsewhere" / "real.jsonl"
    real.parent.mkdir()
    link = tmp_path / "link.jsonl"
    link.symlink_to(real)

    export([PAGE], link)

    assert link.is_symlink()
    assert real.read_bytes() == b'{"id":1}\n{"id":2}\n'


def test_a_long_name_is_no_obstacle(tmp_path):
    path = tmp_path / ("n" * 249 + ".jsonl")

    export([PAGE], path)

    assert path.exists()


@pytest.mark.parametrize("name", KINDS)
def test_a_pipe_is_written_straight(tmp_path, name):
    path = tmp_path / name
    os.mkfifo(path)
    read = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()

    export([PAGE], path)

    reader.join()
    expected = b'{"id":1}\n{"id":2}\n' if name.endswith("jsonl") else b"id\n1\n2\n"
    assert read == [expected]
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_device_is_written_straight(kind):
    assert export([PAGE], "/dev/null", format=kind).rows == 2


def locked():
    """Return a folder in which not even root can make a file."""
    return Path("/sys") if os.geteuid() == 0 else Path("/")


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("missing/rows", "folder"),
        ("file/rows", "Not a directory"),
        (".", "is a folder"),
        ("n" * 300, "name too long"),
        pytest.param(
            locked() / "rows",
            "may write to",
            marks=pytest.mark.skipif(not locked().is_dir(), reason="no such folder here"),
        ),
    ],
)
def test_a_place_where_no_file_can_be_is_refused_before_anything_is_asked(
    tmp_path, kind, place, words
):
    (tmp_path / "file").touch()

    with pytest.raises(CoupaConfigError, match=f"cannot write .*{words}") as refusal:
        export(untouchable(), tmp_path / place, format=kind)

    assert str(tmp_path / place) in str(refusal.value)
    assert names_in(tmp_path) == ["file"]


def test_a_spool_that_cannot_be_made_is_refused_before_anything_is_asked(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile._os.open", _refuse)

    with pytest.raises(CoupaConfigError, match=r"rows\.csv: Too many open files"):
        export(untouchable(), tmp_path / "rows.csv")

    assert names_in(tmp_path) == []


def _refuse(*_args):
    raise OSError(24, os.strerror(24))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"path": "rows.xls"}, r"rows\.xls.* \.csv"),
        ({"path": "rows"}, "give the format"),
        ({"path": "rows.jsonl", "format": "xml"}, "'xml'.*jsonl"),
        ({"path": "rows.csv", "fields": "id,"}, "no attribute"),
        ({"path": "rows.csv", "fields": '["id"'}, "not JSON"),
        ({"path": "rows.csv", "fields": '{"id":1}'}, "not a list"),
    ],
)
def test_an_argument_that_is_wrong_is_refused_before_anything_is_asked(
    tmp_path, monkeypatch, options, words
):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(CoupaConfigError, match=words):
        export(untouchable(), **options)

    assert names_in(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_full_device_is_an_error_that_names_it(kind):
    with pytest.raises(CoupaClientError, match="/dev/full: No space left on device"):
        export([PAGE], "/dev/full", format=kind)


@pytest.fixture
def small_files():
    """Let no file grow beyond 100 kB; Python ignores the signal that comes with it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_files")
@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("size", [90, 9_000])
def test_a_file_that_cannot_grow_leaves_the_old_one(tmp_path, name, size):
    path = tmp_path / name
    path.write_bytes(b"old")
    row = b'{"id":1,"text":"%s"}' % (b"x" * size)

    with pytest.raises(CoupaClientError, match=rf"{name}: File too large"):
        export([Page([row] * 50)] * 100, path)

    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == [name]


@pytest.mark.usefixtures("small_files")
def test_a_csv_that_is_larger_than_its_rows_leaves_the_old_one(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"old")
    rows = [b'{"a%d":1}' % n for n in range(500)]

    with pytest.raises(CoupaClientError, match="File too large"):
        export([Page(rows)], path)

    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["rows.csv"]
