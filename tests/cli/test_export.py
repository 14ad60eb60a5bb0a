import csv
import json
import os
import re
import subprocess
import sys

import pytest

from coupa_async_client.sandbox import Sandbox


def lines_of(path):
    """Return the rows by id: pages leave in the order in which they came."""
    return by_id(path.read_text(encoding="utf-8"))


def by_id(text):
    return sorted(map(json.loads, text.splitlines()), key=lambda row: row["id"])


def test_the_installed_command_brings_every_row_into_a_file(sandbox, started, tmp_path):
    process = started(sandbox, "export", "invoices", "-o", "invoices.jsonl")
    out, err = process.communicate()

    assert process.returncode == 0
    assert lines_of(tmp_path / "invoices.jsonl") == sandbox.rows("invoices")
    assert out == b""
    assert re.fullmatch(
        rb"invoices\.jsonl: 230 rows, complete, ids 1 to 230, [\d.]+ [kM]B; "
        rb"\d+ requests, no retries, [\d.]+ s\n",
        err,
    )


def test_rows_go_to_stdout_for_pipes(sandbox, coupa, tmp_path):
    ran = coupa("export", "invoices", "-o", "-", environment=sandbox.env())

    assert ran.code == 0
    assert by_id(ran.stdout) == sandbox.rows("invoices")
    assert ran.stderr.startswith("stdout: 230 rows, complete")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("paging", ["auto", "keyset", "offset"])
def test_filters_and_fields_reach_coupa(sandbox, coupa, tmp_path, paging):
    ran = coupa(
        *("export", "invoices", "-o", "some.csv", "--paging", paging),
        *("--where", "status[in]=approved,voided", "--where", "id[lt_or_eq]=200"),
        *("--fields", "status,id,supplier.name", "--raw-cells"),
        environment=sandbox.env(),
    )

    expected = sandbox.rows("invoices", {"status[in]": "approved,voided", "id[lt_or_eq]": 200})
    with (tmp_path / "some.csv").open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    assert ran.code == 0
    assert header == ["status", "id", "supplier.name"]
    assert sorted(rows) == sorted(
        [row["status"], str(row["id"]), row["supplier"]["name"]] for row in expected
    )


def test_fields_may_be_coupas_own_json(sandbox, coupa, tmp_path):
    fields = '["id",{"supplier":["name"]}]'
    ran = coupa(
        "export", "invoices", "-o", "a.jsonl", "--fields", fields, environment=sandbox.env()
    )

    assert ran.code == 0
    assert lines_of(tmp_path / "a.jsonl") == [
        {"id": row["id"], "supplier": {"name": row["supplier"]["name"]}}
        for row in sandbox.rows("invoices")
    ]


def test_the_format_may_be_said_in_place_of_an_extension(sandbox, coupa, tmp_path):
    ran = coupa(
        *("export", "invoices", "-o", "rows", "--format", "csv", "--fields", "id"),
        environment=sandbox.env(),
    )

    assert ran.code == 0
    assert (tmp_path / "rows").read_text().startswith("id\n1\n2\n")


@pytest.mark.parametrize("rows", [1, 50, 60])
def test_limit_rows_stops_there(sandbox, coupa, tmp_path, rows):
    ran = coupa(
        *("export", "invoices", "-o", "a.jsonl", "--limit-rows", str(rows)),
        environment=sandbox.env(),
    )

    assert ran.code == 0
    assert len(lines_of(tmp_path / "a.jsonl")) == rows
    assert f"{rows} row" in ran.stderr


def test_quiet_says_nothing(sandbox, coupa, tmp_path):
    ran = coupa("export", "invoices", "-q", "-o", "a.jsonl", environment=sandbox.env())

    assert (ran.code, ran.stdout, ran.stderr) == (0, "", "")
    assert len(lines_of(tmp_path / "a.jsonl")) == 230


def test_a_resource_without_rows_is_no_error(sandbox, coupa, tmp_path):
    ran = coupa("export", "suppliers", "-o", "a.jsonl", environment=sandbox.env())

    assert ran.code == 0
    assert ran.stderr.startswith("a.jsonl: 0 rows, complete, 0 bytes;")
    assert (tmp_path / "a.jsonl").read_bytes() == b""


def test_a_page_size_above_coupas_is_noted_in_one_line(sandbox, coupa):
    ran = coupa(
        *("export", "invoices", "-o", "a.jsonl", "--page-size", "100"), environment=sandbox.env()
    )

    note, receipt = ran.stderr.splitlines()
    assert ran.code == 0
    assert note == "coupa: note: page_size=100 is more than Coupa answers with; using 50"
    assert receipt.startswith("a.jsonl: 230 rows, complete")


def test_formulas_are_made_harmless_unless_raw_cells(coupa, tmp_path):
    rows = [{"id": 1, "name": "=1+1"}]
    with Sandbox(polite=True, load={"suppliers": rows}) as sandbox:
        for options in ([], ["--raw-cells"]):
            arguments = ("export", "suppliers", "-o", f"{len(options)}.csv", *options)
            assert coupa(*arguments, environment=sandbox.env()).code == 0

    assert (tmp_path / "0.csv").read_text() == "id,name\n1,'=1+1\n"
    assert (tmp_path / "1.csv").read_text() == "id,name\n1,=1+1\n"


def test_rows_that_coupa_spread_over_lines_take_one_each(coupa, tmp_path):
    with Sandbox(polite=True, pretty=True, rows={"suppliers": 60}) as sandbox:
        ran = coupa("export", "suppliers", "-o", "a.jsonl", environment=sandbox.env())
        expected = sandbox.rows("suppliers")

    assert ran.code == 0
    assert lines_of(tmp_path / "a.jsonl") == expected


def test_retries_are_counted_in_the_receipt_and_not_shouted(sandbox, coupa):
    sandbox.fault(do="503", path="invoices", nth=2)
    ran = coupa("export", "invoices", "-o", "a.jsonl", environment=sandbox.env())

    assert ran.code == 0
    assert len(ran.stderr.splitlines()) == 1
    assert "1 retry (1 x 503)" in ran.stderr


def test_debug_logs_every_request(sandbox, coupa):
    sandbox.fault(do="503", path="invoices", nth=2)
    ran = coupa("export", "invoices", "-o", "a.jsonl", "--debug", environment=sandbox.env())

    requests = [entry for entry in sandbox.journal if entry.path == "/api/invoices"]
    assert ran.code == 0
    assert ran.stderr.count("DEBUG GET") == len(requests)
    assert "WARNING 503 from GET" in ran.stderr
    assert sandbox.client_secret not in ran.stderr


def test_connection_options_take_the_place_of_the_environment(sandbox, coupa):
    elsewhere = {
        "COUPA_INSTANCE": "nosuch",
        "COUPA_TOKEN_URL": "https://nosuch.coupahost.com/oauth2/token",
        "COUPA_CLIENT_ID": "wrong",
        "COUPA_CLIENT_SECRET": "wrong",
        "COUPA_SCOPES": "wrong",
    }
    ran = coupa(
        *("export", "invoices", "-o", "a.jsonl", "--base-url", sandbox.base_url),
        *("--client-id", sandbox.client_id, "--client-secret", sandbox.client_secret),
        *("--scopes", "core.invoice.read", "--timeout", "5", "--rate", "500"),
        *("--max-attempts", "2", "--concurrent", "3", "--page-size", "40"),
        environment=elsewhere,
    )

    assert ran.code == 0
    assert max(entry.in_flight for entry in sandbox.journal) <= 3
    assert ran.stderr.startswith("a.jsonl: 230 rows, complete")


def test_an_instance_named_here_is_not_mixed_with_urls_of_the_environment(sandbox, coupa):
    ran = coupa(
        *("export", "invoices", "-o", "a.jsonl", "--instance", "localhost.invalid"),
        environment=sandbox.env(),
    )

    assert ran.code == 1
    assert "localhost.invalid" in ran.stderr
    assert sandbox.journal == []


def test_the_token_url_alone_may_be_said_too(sandbox, coupa):
    ran = coupa(
        *("export", "invoices", "-o", "a.jsonl", "--token-url", sandbox.url + "/elsewhere"),
        environment=sandbox.env(),
    )

    assert ran.code == 1
    assert [entry.path for entry in sandbox.journal] == ["/elsewhere"]


def test_a_dotenv_file_is_read(sandbox, coupa, tmp_path):
    (tmp_path / ".env").write_text(
        "".join(f'{name}="{value}"\n' for name, value in sandbox.env().items())
    )

    assert coupa("export", "invoices", "-o", "a.jsonl").code == 0


def test_the_progress_moves_on_a_terminal_and_the_receipt_stays(started):
    pty = pytest.importorskip("pty")
    here, there = pty.openpty()
    with (
        Sandbox(polite=True, latency=0.05, rows={"invoices": 500}) as sandbox,
        os.fdopen(here, "rb", buffering=0) as terminal,
    ):
        process = started(sandbox, "export", "invoices", "-o", "a.jsonl", stderr=there)
        os.close(there)
        shown = _everything(terminal)
        process.wait()

    counts = {int(count) for count in re.findall(r"invoices  (\d+) rows  ", shown)}
    assert process.returncode == 0
    assert len(counts) > 1
    assert "rows/s" in shown
    assert "a.jsonl: 500 rows, complete" in shown.rpartition("\x1b[2K")[2]


def test_no_progress_cuts_up_rows_that_a_pipe_may_bring_to_the_terminal(started):
    pty = pytest.importorskip("pty")
    here, there = pty.openpty()
    with (
        Sandbox(polite=True, rows={"invoices": 120}) as sandbox,
        os.fdopen(here, "rb", buffering=0) as terminal,
    ):
        process = started(sandbox, "export", "invoices", "-o", "-", stderr=there)
        os.close(there)
        rows = process.stdout.read().splitlines()
        shown = _everything(terminal)

    assert len(rows) == 120
    assert shown.startswith("stdout: 120 rows, complete")


def _everything(terminal):
    """Read until the other side is closed, which Linux reports as an error."""
    shown = b""
    try:
        while chunk := terminal.read(65536):
            shown += chunk
    except OSError:
        pass
    return shown.decode()


def test_python_m_is_the_command_too():
    ran = subprocess.run(
        [sys.executable, "-m", "coupa_async_client.cli", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert re.fullmatch(r"coupa \d+\.\d+\.\d+\S*\n", ran.stdout)
