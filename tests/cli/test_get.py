import json

import pytest

from coupa_async_client.sandbox import Sandbox


def test_a_record_is_printed_for_people_and_equal_for_programs(sandbox, coupa):
    ran = coupa("get", "invoices/7", environment=sandbox.env())

    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout.startswith('{\n  "id": 7,\n')
    assert json.loads(ran.stdout) == sandbox.rows("invoices", {"id": 7})[0]


def test_numbers_keep_their_spelling(coupa, tmp_path):
    row = '{"id": 1, "rate": 1.10, "big": 123456789012345678901234567890, "name": "Jörg"}'
    (tmp_path / "rows.jsonl").write_text(row, encoding="utf-8")
    with Sandbox(polite=True, load={"things": tmp_path / "rows.jsonl"}) as sandbox:
        ran = coupa("get", "things/1", environment=sandbox.env())

    assert '"rate": 1.10,' in ran.stdout
    assert '"big": 123456789012345678901234567890,' in ran.stdout
    assert '"Jörg"' in ran.stdout


def test_filters_and_fields_apply_to_a_collection(sandbox, coupa):
    ran = coupa(
        *("get", "invoices", "--where", "id[in]=3,5", "--fields", "id,supplier.name"),
        environment=sandbox.env(),
    )

    assert json.loads(ran.stdout) == [
        {"id": row["id"], "supplier": {"name": row["supplier"]["name"]}}
        for row in sandbox.rows("invoices", {"id[in]": "3,5"})
    ]


@pytest.mark.parametrize("body", ["", "null"])
def test_an_empty_answer_prints_nothing_much(sandbox, coupa, body):
    sandbox.fault(do="200", path="invoices/1", body=body)

    ran = coupa("get", "invoices/1", environment=sandbox.env())

    assert (ran.code, ran.stdout.strip()) == (0, body)
