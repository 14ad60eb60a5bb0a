"""Runs that end early and are gone on with: the file is that of a run that did not."""

import csv
import fcntl
import json
import random
import signal
import time

import pytest

from coupa_async_client.sandbox import Sandbox

ROWS = 50_000
KINDS = ["a.jsonl", "a.csv"]
COLUMNS = ("--fields", "id,status")
FAST = ("--rate", "5000")


def export(file, *options):
    return ("export", "invoices", "-o", file, *COLUMNS, *FAST, *options)


def ids_in(path):
    with path.open(encoding="utf-8", newline="") as lines:
        if path.suffix == ".csv":
            return [int(row["id"]) for row in csv.DictReader(lines)]
        return [json.loads(line)["id"] for line in lines]


def lines_in(path):
    header, *lines = path.read_bytes().splitlines(keepends=True)
    return [header, *sorted(lines)] if path.suffix == ".csv" else sorted([header, *lines])


def asked(sandbox):
    return sum(entry.path == "/api/invoices" for entry in sandbox.journal)


@pytest.fixture
def interrupted(sandbox, coupa, tmp_path):
    """Leave the 100 rows of a run that was refused the third page."""

    def run(file, *options):
        sandbox.fault(do="403", path="invoices", query={"id[gt]": "100"})
        ran = coupa(*export(file, "--paging", "keyset", *options), environment=sandbox.env())
        assert ran.code == 3
        sandbox.reset()
        return tmp_path / f".{file}.part", tmp_path / f".{file}.state"

    return run


@pytest.fixture
def resumed(sandbox, coupa):
    def run(file, *options):
        arguments = export(file, "--paging", "keyset", "--resume", *options)
        return coupa(*arguments, environment=sandbox.env())

    return run


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def large():
    with Sandbox(polite=True, throttle="off", rows={"invoices": ROWS}) as sandbox:
        yield sandbox


@pytest.mark.timeout(120)
@pytest.mark.parametrize("file", KINDS)
def test_ten_kills_at_random_moments_cost_no_row(large, started, tmp_path, file):
    """Each run goes on with what the one before kept, until so many more bytes are in the draft."""
    draft = tmp_path / f".{file}.part"
    large.reset()

    for step in random.Random(file).choices(range(1, 120_000), k=10):
        moment = (draft.stat().st_size if draft.exists() else 0) + step
        process = started(large, *export(file, "--resume"), measured=False)
        while not draft.exists() or draft.stat().st_size < moment:
            assert process.poll() is None
            time.sleep(0.001)
        process.kill()
        process.wait()
        assert not (tmp_path / file).exists()

    process = started(large, *export(file, "--resume"))
    _, err = process.communicate()

    assert process.returncode == 0
    assert f"{file}: 50,000 rows, complete, ".encode() in err
    assert sorted(ids_in(tmp_path / file)) == list(range(1, ROWS + 1))
    assert names_in(tmp_path) == [file]
    assert started(large, *export(f"clean-{file}")).wait() == 0
    assert lines_in(tmp_path / file) == lines_in(tmp_path / f"clean-{file}")


@pytest.mark.parametrize("paging", ["auto", "keyset", "offset"])
@pytest.mark.parametrize("file", KINDS)
def test_ctrl_c_and_then_resume(started, coupa, tmp_path, file, paging):
    options = ("--paging", paging)
    with Sandbox(polite=True, throttle="off", latency=0.01, rows={"invoices": 2_000}) as sandbox:
        process = started(sandbox, *export(file, *options), measured=False)
        while asked(sandbox) < 12:
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
        ran = coupa(*export(file, *options, "--resume"), environment=sandbox.env())

    assert process.returncode == 130
    assert b"the same command with --resume goes on behind the " in err
    assert ran.code == 0
    assert f"{file}: 2,000 rows, complete, " in ran.stderr
    assert " of an earlier run, " in ran.stderr
    assert sorted(ids_in(tmp_path / file)) == list(range(1, 2_001))
    assert names_in(tmp_path) == [file]


@pytest.mark.parametrize(
    ("paging", "place"),
    [("auto", {"id[gt]": "50"}), ("keyset", {"id[gt]": "50"}), ("offset", {"offset": "49"})],
)
@pytest.mark.parametrize("file", KINDS)
def test_on_error_finish_leaves_a_hole_that_resume_fills(
    sandbox, coupa, tmp_path, *, file, paging, place
):
    (tmp_path / file).write_text("old")
    options = ("--paging", paging, "--max-attempts", "1", "--receipt", "r.json")
    sandbox.fault(do="500", path="invoices", query=place)

    ran = coupa(*export(file, *options, "--on-error", "finish"), environment=sandbox.env())

    account = json.loads((tmp_path / "r.json").read_text())
    holes = json.loads((tmp_path / f"{file}.holes.json").read_text())
    assert ran.code == 3
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.startswith("coupa: invoices is incomplete: missing are the rows at ")
    assert f"{file} is untouched; the same command with --resume goes on behind" in ran.stderr
    assert ran.stderr.endswith(f"what is missing is in {file}.holes.json\n")
    assert (account["complete"], account["holes"]) == (False, holes["left"])
    assert account["rows"] in range(1, 230)
    assert (tmp_path / file).read_text() == "old"

    sandbox.reset()
    ran = coupa(*export(file, *options, "--resume"), environment=sandbox.env())

    assert ran.code == 0
    assert f"{file}: 230 rows, complete, {account['rows']} of an earlier run" in ran.stderr
    assert sorted(ids_in(tmp_path / file)) == list(range(1, 231))
    assert json.loads((tmp_path / "r.json").read_text())["complete"]
    assert names_in(tmp_path) == [file, "r.json"]


def test_on_stdout_what_is_missing_is_said_alone(sandbox, coupa, tmp_path):
    sandbox.fault(do="403", path="invoices", query={"id[gt]": "100"})

    ran = coupa(*export("-", "--paging", "keyset"), environment=sandbox.env())

    assert ran.code == 3
    assert "missing are the rows at ids from 101. The reason: 403" in ran.stderr
    assert "--resume" not in ran.stderr
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--fields", "id"), "fields"),
        (("--format", "csv"), "format 'jsonl'"),
        (("--raw-cells",), "raw_cells"),
        (("--limit-rows", "200"), "max_items"),
        (("--where", "status=voided"), "belongs to another question"),
        (("--paging", "offset"), "by offset"),
    ],
)
def test_another_question_is_refused_and_nothing_is_lost(
    interrupted, resumed, tmp_path, options, words
):
    files = interrupted("a.jsonl")
    before = [file.read_bytes() for file in files]

    ran = resumed("a.jsonl", *options)

    assert ran.code == 2
    assert ran.stderr.count("\n") == 1
    assert words in ran.stderr
    assert "resume" in ran.stderr
    assert "afresh" in ran.stderr
    assert [file.read_bytes() for file in files] == before
    assert resumed("a.jsonl").code == 0
    assert sorted(ids_in(tmp_path / "a.jsonl")) == list(range(1, 231))


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 400, b'{"version":2,"shape":{}}\n{}\n'])
def test_a_damaged_state_is_said_to_be_so(interrupted, resumed, damage):
    draft, state = interrupted("a.csv")
    rows = draft.read_bytes()
    state.write_bytes(damage)

    ran = resumed("a.csv")

    assert ran.code == 2
    assert "a.csv.state is damaged" in ran.stderr
    assert "delete it" in ran.stderr
    assert draft.read_bytes() == rows
    state.unlink()
    assert resumed("a.csv").code == 0


def test_a_torn_last_line_is_cut(interrupted, resumed, tmp_path):
    draft, state = interrupted("a.jsonl")
    with draft.open("ab") as rows, state.open("ab") as marks:
        rows.write(b'{"id":101,"status":"new"}\n{"id":102,"sta')
        marks.write(b'{"size":5000,"rows":15')

    ran = resumed("a.jsonl")

    assert ran.stderr.startswith("a.jsonl: 230 rows, complete, 100 of an earlier run")
    assert ids_in(tmp_path / "a.jsonl") == list(range(1, 231))


def test_a_draft_that_lost_its_end_in_a_power_cut_goes_on_from_an_earlier_mark(
    interrupted, resumed, tmp_path
):
    draft, state = interrupted("a.jsonl")
    head, _, last = state.read_bytes().splitlines()[:3]
    first_page = draft.read_bytes().splitlines(keepends=True)[:50]
    mark = {**json.loads(last), "size": sum(map(len, first_page)), "rows": 50}
    mark["checkpoint"]["left"] = [[50, None]]
    state.write_bytes(b"\n".join([head, json.dumps(mark).encode(), last, b""]))
    draft.write_bytes(b"".join(first_page) + b'{"id":51,')

    ran = resumed("a.jsonl")

    assert ran.stderr.startswith("a.jsonl: 230 rows, complete, 50 of an earlier run")
    assert ids_in(tmp_path / "a.jsonl") == list(range(1, 231))


@pytest.mark.parametrize("lost", [0, 1], ids=["draft", "state"])
@pytest.mark.parametrize("file", KINDS)
def test_a_draft_or_a_state_alone_is_nothing_to_go_on_with(
    interrupted, resumed, tmp_path, file, lost
):
    interrupted(file)[lost].unlink()

    ran = resumed(file)

    assert ran.code == 0
    assert ran.stderr.startswith(f"{file}: 230 rows, complete, ids 1 to 230")
    assert ids_in(tmp_path / file) == list(range(1, 231))
    assert names_in(tmp_path) == [file]


def test_without_resume_it_starts_afresh_and_says_so(interrupted, coupa, sandbox, tmp_path):
    interrupted("a.jsonl")

    ran = coupa(*export("a.jsonl"), environment=sandbox.env())

    note, receipt = ran.stderr.splitlines()
    assert "--resume would go on with them" in note
    assert receipt.startswith("a.jsonl: 230 rows, complete, ids 1 to 230")
    assert names_in(tmp_path) == ["a.jsonl"]


def test_a_fresh_start_that_is_refused_gives_no_rows_up(interrupted, resumed, coupa, sandbox):
    interrupted("a.jsonl")

    ran = coupa(
        *export("a.jsonl", "-q"), environment={**sandbox.env(), "COUPA_CLIENT_SECRET": "no"}
    )

    assert ran.code == 1
    assert "100 of an earlier run" in resumed("a.jsonl").stderr


def test_a_finished_file_is_written_again(resumed, tmp_path):
    for _ in range(2):
        assert resumed("a.csv").stderr.startswith("a.csv: 230 rows, complete, ids 1 to 230")

    assert names_in(tmp_path) == ["a.csv"]
    assert len(ids_in(tmp_path / "a.csv")) == 230


def test_two_at_once_do_not_write_to_one_file(interrupted, resumed):
    draft, _ = interrupted("a.jsonl")
    with draft.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        ran = resumed("a.jsonl")

    assert ran.code == 2
    assert "another export is writing to a.jsonl" in ran.stderr
    assert resumed("a.jsonl").code == 0


@pytest.mark.parametrize("file", KINDS)
def test_the_first_rows_are_the_first_rows_after_a_resume_too(interrupted, resumed, tmp_path, file):
    interrupted(file, "--limit-rows", "130")

    assert resumed(file, "--limit-rows", "130").code == 0
    assert ids_in(tmp_path / file) == list(range(1, 131))


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize("options", [(), ("--limit-rows", "130")])
def test_killed_between_the_last_row_and_the_file(
    sandbox, resumed, monkeypatch, tmp_path, *, file, options
):
    """Nothing is left to be asked for; the file is made of what is kept."""

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("coupa_async_client.export.draft.Draft._finish", interrupt)
        assert resumed(file, *options).code == 130
    sandbox.reset()

    assert resumed(file, *options).code == 0
    assert asked(sandbox) == 0
    assert len(ids_in(tmp_path / file)) == (130 if options else 230)


@pytest.mark.parametrize("fails", [True, False])
def test_a_receipt_that_cannot_be_written_is_said_and_hides_nothing(
    sandbox, coupa, tmp_path, fails
):
    (tmp_path / "folder").mkdir()
    if fails:
        sandbox.fault(do="403", path="invoices", query={"id[gt]": "100"})

    arguments = export("a.jsonl", "--paging", "keyset", "--receipt", "folder")
    ran = coupa(*arguments, environment=sandbox.env())

    assert ran.code == (3 if fails else 1)
    assert "cannot write folder: Is a directory" in ran.stderr
    assert ("403" in ran.stderr) == fails
    assert (tmp_path / "a.jsonl").exists() != fails
