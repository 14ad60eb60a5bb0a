import csv
import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from coupa_async_client.cli import demo


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["export", "--help"], ["get", "-h"]])
def test_help_fits_a_terminal_and_shows_an_example(coupa, monkeypatch, arguments):
    monkeypatch.setenv("COLUMNS", "80")

    ran = coupa(*arguments)

    assert (ran.code, ran.stderr) == (0, "")
    assert max(map(len, ran.stdout.splitlines())) <= 80
    assert "coupa" in ran.stdout.splitlines()[-2] or "coupa" in ran.stdout.splitlines()[-3]


def test_brackets_of_filters_survive_in_the_help(coupa):
    assert "status[in]=approved" in coupa("export", "--help").stdout


def test_no_command_shows_the_help_and_fails(coupa):
    ran = coupa()

    assert ran.code == 2
    assert "export" in ran.stdout


def test_version(coupa):
    ran = coupa("--version")

    assert ran.code == 0
    assert ran.stdout.startswith("coupa ")


class TestDemo:
    def test_every_invoice_comes_once_and_each_check_is_told(self, coupa, tmp_path):
        ran = coupa("demo", "--rows", "120", "--dir", "there/demo")

        folder = tmp_path / "there" / "demo"
        rows = [json.loads(line) for line in (folder / "invoices.jsonl").read_text().splitlines()]
        with (folder / "invoices.csv").open(encoding="utf-8", newline="") as lines:
            cells = list(csv.DictReader(lines))
        assert ran.code == 0
        assert [row["id"] for row in rows] == list(range(1, 121))
        assert [int(row["id"]) for row in cells] == list(range(1, 121))
        assert ran.stdout.count("\nok ") == 8
        assert "coupa export invoices -o invoices.jsonl" in ran.stdout
        assert ran.stderr.count("120 rows, complete") == 2

    def test_a_row_that_is_missing_fails_it(self, coupa, monkeypatch):
        def losing_one(ids):
            return lambda file: list(ids(file))[1:]

        monkeypatch.setattr(demo, "_csv_ids", losing_one(demo._csv_ids))

        ran = coupa("demo", "--rows", "60")

        assert ran.code == 1
        assert "FAIL  coupa-demo/invoices.csv holds 60 rows" in ran.stdout
        assert "ok    coupa-demo/invoices.csv holds no id twice" in ran.stdout
        assert "coupa export" not in ran.stdout

    def test_a_folder_that_cannot_be_made(self, coupa, tmp_path):
        (tmp_path / "file").touch()

        ran = coupa("demo", "--dir", "file/demo")

        assert ran.code == 2
        assert ran.stderr.startswith("coupa: cannot make the folder file/demo")
        assert "--dir" in ran.stderr


class TestSandbox:
    def test_its_own_help(self, coupa):
        with pytest.raises(SystemExit) as left:
            coupa("sandbox", "--help")

        assert left.value.code == 0

    def test_its_own_complaints(self, coupa):
        ran = coupa("sandbox", "--rows", "nothings=5")

        assert ran.code == 2
        assert "nothings" in ran.stderr

    def test_it_serves_until_it_is_stopped(self, started, coupa):
        process = started(None, "sandbox", "--port", "0", "--polite", "--rows", "invoices=70")
        process.stdout.readline()
        environment = {}
        for line in process.stdout:
            name, _, value = line.decode().removeprefix("export ").strip().partition("=")
            environment[name] = value.strip("'")
            if len(environment) == 5:
                break

        ran = coupa("export", "invoices", "-o", "a.jsonl", environment=environment)
        process.send_signal(signal.SIGTERM)

        assert ran.code == 0
        assert process.wait() == 0
        assert ran.stderr.startswith("a.jsonl: 70 rows, complete")


def test_any_thread_may_run_it(sandbox, coupa):
    with ThreadPoolExecutor(1) as pool:
        ran = pool.submit(coupa, "get", "invoices/1", environment=sandbox.env()).result()

    assert (ran.code, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["id"] == 1


def test_a_module_that_is_missing_for_another_reason_is_not_hushed_up(coupa, monkeypatch):
    monkeypatch.setitem(sys.modules, "coupa_async_client.cli.app", None)

    with pytest.raises(ModuleNotFoundError):
        coupa("--version")


@pytest.mark.parametrize(
    ("missing", "arguments", "extra"),
    [
        ("typer", ["--version"], "cli"),
        ("rich", ["--version"], "cli"),
        ("starlette", ["demo"], "sandbox"),
        ("uvicorn", ["sandbox"], "sandbox"),
    ],
)
def test_a_missing_extra_is_named_in_one_line(tmp_path, missing, arguments, extra):
    program = (
        f"import sys; sys.modules[{missing!r}] = None; "
        f"from coupa_async_client.cli import main; sys.exit(main({arguments!r}))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert f'pip install "coupa-async-client[{extra}]"' in ran.stderr
