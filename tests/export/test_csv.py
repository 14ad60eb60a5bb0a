import csv
import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client.export import export
from coupa_async_client.types import Page


@pytest.fixture
def table(tmp_path):
    """Export rows, given as JSON texts or values, and read the CSV back as lists of cells."""

    def make(*rows, **options):
        path = tmp_path / "rows.csv"
        raw = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
        export([Page([row]) for row in raw], path, **options)
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.reader(lines))

    return make


def test_nested_objects_become_dotted_columns_and_id_is_first(table):
    row = {"status": "new", "supplier": {"name": "Acme", "address": {"city": "Oslo"}}, "id": 7}

    assert table(row) == [
        ["id", "status", "supplier.address.city", "supplier.name"],
        ["7", "new", "Oslo", "Acme"],
    ]


def test_values_are_spelled_as_coupa_spelled_them(table):
    row = (
        b'{"id":1,"a":1.10,"b":123456789012345678901234567890,"c":1E+5,"d":-0,"e":true,"f":false,'
        b'"g":"J\\u00f6rg","h":"0.10","i":null}'
    )

    header, cells = table(row)

    assert header == ["id", *"abcdefghi"]
    big = "123456789012345678901234567890"
    assert cells == ["1", "1.10", big, "1E+5", "-0", "true", "false", "Jörg", "0.10", ""]


def test_lists_are_json_text_in_one_cell(table):
    row = b'{"id":1,"lines":[ {"price": 1.10, "note": null} , 2 ],"none":[ ]}'

    assert table(row) == [["id", "lines", "none"], ["1", '[{"price":1.10,"note":null},2]', "[]"]]


def test_missing_attributes_leave_empty_cells(table):
    assert table({"id": 1, "a": "x"}, {"id": 2, "b": "y"}) == [
        ["id", "a", "b"],
        ["1", "x", ""],
        ["2", "", "y"],
    ]


def test_an_association_that_is_null_in_some_rows_has_only_dotted_columns(table):
    assert table({"supplier": None}, {"supplier": {"name": "Acme"}}) == [
        ["supplier.name"],
        [""],
        ["Acme"],
    ]


@pytest.mark.parametrize(("other", "cell"), [("V44", "V44"), ([1], "[1]"), ({}, "{}")])
def test_an_attribute_of_two_kinds_has_columns_of_both_kinds(table, other, cell):
    assert table({"supplier": other}, {"supplier": {"name": "Acme"}}) == [
        ["supplier", "supplier.name"],
        [cell, ""],
        ["", "Acme"],
    ]


def test_an_attribute_that_is_null_in_every_row_keeps_its_column(table):
    assert table({"id": 1, "paid-at": None}) == [["id", "paid-at"], ["1", ""]]


def test_a_dot_in_a_name_is_not_mistaken_for_nesting(table):
    assert table({"a.b": 1, "a": {"b": 2}, "a\\": {"b": 3}}) == [
        ["a.b", "a\\.b", "a\\\\.b"],
        ["2", "1", "3"],
    ]


def test_without_rows_the_header_is_there_all_the_same(table):
    assert table() == [["id"]]
    assert table(fields=["id", {"supplier": ["name"]}]) == [["id", "supplier.name"]]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_header_does_not_depend_on_the_order_of_the_rows(table, order):
    rows = [
        {"id": 1, "b": {"y": 1, "x": 2}, "a": None},
        {"a": 1, "c": [], "id": 2},
        {"b": None, "d": {"e": {"f": 1}}, "id": 3},
    ]

    assert table(*(rows[place] for place in order))[0] == ["id", "a", "b.x", "b.y", "c", "d.e.f"]


class TestFields:
    def test_columns_come_in_the_order_asked(self, table):
        rows = table({"id": 1, "status": "new", "total": "1.10"}, fields='["total","id","status"]')

        assert rows == [["total", "id", "status"], ["1.10", "1", "new"]]

    def test_what_was_asked_for_is_there_even_if_no_row_has_it(self, table):
        fields = ["id", {"supplier": ["name"]}, "paid_at"]

        assert table({"id": 1, "supplier": None}, fields=fields) == [
            ["id", "supplier.name", "paid-at"],
            ["1", "", ""],
        ]

    def test_an_association_asked_for_whole_expands_where_it_was_asked(self, table):
        row = {"id": 1, "custom-fields": {"b": 2, "a": {"n": 1}}, "status": "new"}

        assert table(row, fields=["status", {"custom_fields": {}}, "id"]) == [
            ["status", "custom-fields.a.n", "custom-fields.b", "id"],
            ["new", "1", "2", "1"],
        ]

    def test_a_list_whose_parts_were_asked_for_is_one_column(self, table):
        row = {"id": 1, "invoice-lines": [{"id": 5, "price": "2.0"}]}

        assert table(row, fields=[{"invoice_lines": ["id", "price"]}, "id"]) == [
            ["invoice-lines", "id"],
            ['[{"id":5,"price":"2.0"}]', "1"],
        ]

    def test_what_came_unasked_is_not_lost(self, table):
        row = {"z": 1, "id": 2, "y": None}

        assert table(row, fields=["id"]) == [["id", "y", "z"], ["2", "", "1"]]

    def test_names_that_come_back_with_underscores_are_recognised(self, table):
        assert table({"postal_code": "0150", "id": 1}, fields=["postal-code", "id"]) == [
            ["postal_code", "id"],
            ["0150", "1"],
        ]


FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\r=1",
    "\n=1",
    "＝1+1",  # noqa: RUF001  (what is meant)
    "＋1a",  # noqa: RUF001
    "－1a",  # noqa: RUF001
    "＠a",  # noqa: RUF001
    "-",
    "+1 555 0100",
    "-1.",
]


class TestFormulas:
    @pytest.mark.parametrize("text", FORMULAS)
    def test_text_that_a_spreadsheet_would_run_is_made_harmless(self, table, text):
        assert table({"a": text}) == [["a"], [f"'{text}"]]
        assert table({"a": text}, raw_cells=True) == [["a"], [text]]

    @pytest.mark.parametrize("text", ["-5.00", "+1", "-1e-5", "a=b", "", " x", "'=1", "3-4"])
    def test_plain_numbers_and_text_stay(self, table, text):
        assert table({"a": text, "b": 1}) == [["a", "b"], [text, "1"]]

    def test_numbers_stay(self, table):
        assert table(b'{"a":-5.00,"b":-1}') == [["a", "b"], ["-5.00", "-1"]]

    def test_a_header_is_made_harmless_too(self, table):
        assert table({"=x": 1, "@y": {"-z": 2}}) == [["'=x", "'@y.-z"], ["1", "2"]]
        assert table({"=x": 1}, raw_cells=True) == [["=x"], ["1"]]


@pytest.mark.parametrize(
    "text", ['a"b', "a,b", "a\nb", "a\rb", "a\r\nb", "a\x00b", " a ", "\u2028", "💶", "\\", "\r"]
)
def test_text_survives_the_way_through_csv(table, text):
    assert table({"a": text, "b": "z"}, raw_cells=True) == [["a", "b"], [text, "z"]]


def test_lines_end_with_a_newline_alone(tmp_path):
    path = tmp_path / "rows.csv"

    result = export([Page([b'{"id":1,"a":"x\\r\\n"}'])], path)

    assert path.read_bytes() == b'id,a\n1,"x\r\n"\n'
    assert (result.rows, result.size, result.columns) == (1, 13, ("id", "a"))


texts = st.text(st.characters(codec="utf-8"))


@given(st.lists(st.dictionaries(texts, texts, min_size=1), min_size=1, max_size=5))
def test_any_text_under_any_name_comes_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "rows.csv"

    result = export([Page([json.dumps(row).encode() for row in rows])], path, raw_cells=True)

    with path.open(encoding="utf-8", newline="") as lines:
        header, *cells = csv.reader(lines)
    names = sorted(set(itertools.chain.from_iterable(rows)), key=lambda name: (name != "id", name))
    assert tuple(header) == result.columns
    assert header == [name.replace("\\", "\\\\").replace(".", "\\.") for name in names]
    assert cells == [[row.get(name, "") for name in names] for row in rows]
