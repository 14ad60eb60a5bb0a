"""A draft by itself, filled from a scan that is played by a list of pages."""

import json
import os
import threading

import pytest

from coupa_async_client.errors import CoupaClientError, CoupaConfigError, IncompleteScanError
from coupa_async_client.export import Draft, ExportResult, export
from coupa_async_client.export.place import Place
from coupa_async_client.types import Page

ALL = {"version": 1, "query": "q", "by": "id", "left": [[None, None]]}
TWO = [Page([b'{"id":1}', b'{"id":2}']), Page([b'{"id":3,"a":{"b":1}}'])]
KINDS = ["rows.jsonl", "rows.csv"]


class Scan:
    """Yields pages, then fails if it is to; the checkpoint is behind the last id yielded."""

    def __init__(self, pages, resume=None, error=None):
        self._pages = pages
        self._error = error
        self.checkpoint = dict(resume or ALL)

    def pages(self):
        for page in self._pages:
            self.checkpoint = {**ALL, "left": [[page.ids[-1], None]]}
            yield page
        if self._error:
            raise self._error
        self.checkpoint = {**ALL, "left": []}


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=KINDS)
def path(request, tmp_path):
    return tmp_path / request.param


def interrupted(path, error=KeyboardInterrupt, pages=TWO[:1], **options):
    with pytest.raises(error), Draft(path, **options) as draft:
        draft.write(Scan(pages, error=error("no")))


def test_an_interrupt_while_the_account_is_written_leaves_nothing_of_it(
    path, tmp_path, monkeypatch
):
    """A user pressed Ctrl-C in the first moment of an export, and found a file that nothing removed."""

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt), Draft(path) as draft:
        draft.write(Scan(TWO))
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, CoupaClientError, IncompleteScanError])
def test_rows_stay_beside_the_file_until_the_rest_has_come(path, tmp_path, error):
    path.write_bytes(b"old")
    interrupted(path, error)

    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == [f".{path.name}.part", f".{path.name}.state", path.name]
    with Draft(path, resume=True) as draft:
        assert draft.rows == 2
        result = draft.write(Scan(TWO[1:], draft.checkpoint))

    assert (result.path, result.rows, result.size) == (path, 3, path.stat().st_size)
    assert names_in(tmp_path) == [path.name]
    export(TWO, clean := tmp_path / f"clean{path.suffix}")
    assert path.read_bytes() == clean.read_bytes()


def test_holes_are_what_the_next_run_starts_with(path):
    holes = {**ALL, "left": [[2, 7], [9, None]]}
    with pytest.raises(IncompleteScanError), Draft(path) as draft:
        draft.write(Scan(TWO[:1], error=IncompleteScanError("no", holes=holes)))

    with Draft(path, resume=True) as draft:
        assert draft.checkpoint == holes


def test_a_scan_that_does_not_go_on_behind_the_kept_rows_is_refused(path):
    interrupted(path)

    words = r"2 rows are kept .*resume=draft\.checkpoint"
    with pytest.raises(CoupaConfigError, match=words), Draft(path, resume=True) as draft:
        draft.write(Scan(TWO))

    with Draft(path, resume=True) as draft:
        assert draft.write(Scan(TWO[1:], draft.checkpoint)).rows == 3


def test_a_run_without_a_row_keeps_nothing(path, tmp_path):
    interrupted(path, pages=[])

    assert names_in(tmp_path) == []


def test_a_run_that_resumes_and_brings_no_row_keeps_the_rows(path):
    interrupted(path)
    with pytest.raises(CoupaClientError), Draft(path, resume=True) as draft:
        draft.write(Scan([], draft.checkpoint, CoupaClientError("no")))

    with Draft(path, resume=True) as draft:
        assert draft.rows == 2


def test_plain_pages_take_the_place_of_rows_that_were_kept(path, tmp_path):
    interrupted(path)

    assert export(TWO, path).rows == 3
    assert names_in(tmp_path) == [path.name]


def test_a_scan_without_rows_makes_a_file_all_the_same(path):
    with Draft(path) as draft:
        assert draft.unfinished is False
        assert draft.write(Scan([])).rows == 0

    assert path.read_bytes() == (b"id\n" if path.suffix == ".csv" else b"")


@pytest.mark.parametrize(("kept", "room", "left"), [(2, 1, []), (3, 1, [[2, None]])])
def test_what_is_left_of_max_items(path, kept, room, left):
    interrupted(path, max_items=kept)

    with Draft(path, max_items=kept, resume=True) as draft:
        assert (draft.room, draft.checkpoint["left"]) == (room, left)


def test_a_second_draft_of_the_same_file_is_refused_and_spoils_nothing(path):
    with Draft(path) as draft:
        with pytest.raises(CoupaConfigError, match=f"another export is writing to .*{path.name}"):
            export(TWO, path)
        assert draft.write(Scan(TWO)).rows == 3

    assert export(TWO, path).rows == 3


def test_who_waited_for_a_draft_that_became_the_file_leaves_the_file_alone(tmp_path):
    place = Place.of(tmp_path / "rows.jsonl")
    draft = place.beside("part")
    draft.write_bytes(b"all")
    open_ = Place._locked
    calls = []

    def just_too_late(self, file):
        handle = open_(self, file)
        if not calls:
            self.take(file)
        calls.append(handle)
        return handle

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Place, "_locked", just_too_late)
        with place.held(draft):
            assert draft.read_bytes() == b""

    assert len(calls) == 2
    assert place.target.read_bytes() == b"all"


def test_many_threads_at_one_file_leave_one_whole_file(path):
    outcomes = []

    def work():
        try:
            outcomes.append(export(TWO, path).rows)
        except CoupaConfigError as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 3 in outcomes
    assert all(outcome == 3 or "another export" in outcome for outcome in outcomes)
    assert names_in(path.parent) == [path.name]


def test_a_pipe_or_device_has_nothing_beside_it():
    with pytest.raises(CoupaConfigError, match="/dev/null is no file"):
        Draft("/dev/null", format="jsonl")


def test_the_state_is_plain_json_with_a_line_for_each_page(tmp_path):
    path = tmp_path / "rows.jsonl"
    interrupted(path, pages=TWO)

    head, *marks = map(json.loads, (tmp_path / ".rows.jsonl.state").read_text().splitlines())

    assert head["version"] == 1
    assert head["shape"]["format"] == "jsonl"
    assert [(mark["size"], mark["rows"]) for mark in marks] == [(18, 2), (39, 3)]
    assert [mark["checkpoint"]["left"] for mark in marks] == [[[2, None]], [[3, None]]]


def test_each_second_the_marks_become_one_that_is_safe_on_disk(tmp_path, monkeypatch):
    path = tmp_path / "rows.jsonl"
    clock = iter(range(0, 100, 2))
    monkeypatch.setattr("coupa_async_client.export.draft.time.monotonic", lambda: next(clock))
    interrupted(path, pages=TWO)

    _, *marks = (tmp_path / ".rows.jsonl.state").read_text().splitlines()

    assert [json.loads(mark)["rows"] for mark in marks] == [3]


def test_a_file_is_the_result(tmp_path):
    with Draft(tmp_path / "rows.jsonl") as draft:
        assert draft.write(Scan(TWO)) == ExportResult(tmp_path / "rows.jsonl", rows=3, size=39)
