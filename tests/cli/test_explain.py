"""`coupa export --explain`: what there is and what it costs, in place of a file."""

import json

import pytest


def test_people_read_a_block_and_no_file_is_written(coupa, sandbox, tmp_path):
    ran = coupa(
        *("export", "invoices", "--fields", "id,status", "--explain"), environment=sandbox.env()
    )

    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout.startswith("resource   invoices\nrows       230\n")
    assert "attributes id, status\n" in ran.stdout
    assert "$COUPA_TOKEN" in ran.stdout
    assert sandbox.client_secret not in ran.stdout
    assert list(tmp_path.iterdir()) == []
    assert sum(entry.path == "/api/invoices" for entry in sandbox.journal) == 3


def test_programs_read_json(coupa, sandbox):
    ran = coupa(
        *("export", "invoices", "-o", "rows.jsonl", "--limit-rows", "70", "--explain", "--json"),
        environment=sandbox.env(),
    )

    told = json.loads(ran.stdout)
    assert (ran.code, ran.stderr) == (0, "")
    assert (told["rows"], told["bounds"], told["looks"]) == (70, ["max_items=70"], 3)


def test_filters_count(coupa, sandbox):
    ran = coupa(
        *("export", "invoices", "--where", "status=approved", "--explain", "--json"),
        environment=sandbox.env(),
    )

    expected = len(sandbox.rows("invoices", {"status": "approved"}))
    assert abs(json.loads(ran.stdout)["rows"] - expected) <= 0.05 * expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--explain", "--resume"), "leave --resume out"),
        (("-o", "rows.jsonl", "--json"), "--json is for --explain"),
        ((), "--output is missing"),
        (("--explain", "--page-size", "0"), "page_size is 0"),
    ],
)
def test_what_does_not_go_together_is_refused(coupa, sandbox, options, words):
    ran = coupa("export", "invoices", *options, environment=sandbox.env())

    assert (ran.code, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert sandbox.journal == []


def test_a_refusal_ends_it_as_it_would_an_export(coupa, sandbox):
    ran = coupa("export", "invoces", "--explain", environment=sandbox.env())

    assert (ran.code, ran.stdout) == (1, "")
    assert "404" in ran.stderr


def test_a_long_list_of_ids_is_exported_whole(coupa, sandbox, tmp_path):
    """Two thousand ids went in one URL."""
    listed = ",".join(map(str, range(1, 2_001)))

    ran = coupa(
        *("export", "invoices", "-o", "rows.jsonl", "--where", f"id[in]={listed}"),
        environment=sandbox.env(),
    )

    assert ran.code == 0
    rows = map(json.loads, (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines())
    assert sorted(row["id"] for row in rows) == list(range(1, 231))
