import io
import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client.export import ExportResult, export, write_jsonl
from coupa_async_client.types import Page

SPELLINGS = (
    b'{"id":1,"rate":1.10,"big":123456789012345678901234567890,"name":"J\\u00f6rg","e":1E+5}'
)

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def test_rows_keep_the_bytes_that_coupa_sent(tmp_path):
    path = tmp_path / "rows.jsonl"

    result = export([Page([SPELLINGS, b'{"id":2}']), Page([b'{"id": 3}'])], path)

    assert path.read_bytes() == SPELLINGS + b'\n{"id":2}\n{"id": 3}\n'
    assert result == ExportResult(path, rows=3, size=path.stat().st_size)


@pytest.mark.parametrize("break_", [b"\n", b"\r\n", b"\r"])
def test_a_row_that_coupa_spread_over_lines_takes_one(tmp_path, break_):
    path = tmp_path / "rows.ndjson"
    pretty = break_.join([b"{", b'  "id": 1,', b'  "rate": 1.10,', b'  "text": "a\\nb"', b"}"])

    export([Page([pretty])], path)

    assert path.read_bytes() == b'{"id":1,"rate":1.10,"text":"a\\nb"}\n'


def test_no_rows_make_an_empty_file(tmp_path):
    path = tmp_path / "rows.jsonl"

    assert export([], path) == ExportResult(path, rows=0, size=0)
    assert path.read_bytes() == b""


@given(st.lists(st.dictionaries(st.text(), values), max_size=5), st.sampled_from([0, 2]))
def test_each_line_is_one_row_with_its_values(rows, indent):
    stream = io.BytesIO()
    raw = [json.dumps(row, indent=indent or None).encode() for row in rows]

    assert write_jsonl([Page(raw)], stream) == len(rows)

    lines = stream.getvalue().split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line, parse_float=Decimal) for line in lines] == [
        json.loads(row, parse_float=Decimal) for row in raw
    ]


def test_the_reader_of_a_pipe_sees_a_page_before_the_next_is_asked_for():
    stream = io.BufferedWriter(shown := io.BytesIO(), buffer_size=1_000_000)

    def pages():
        yield Page([b'{"id":1}'])
        assert shown.getvalue() == b'{"id":1}\n'
        yield Page([b'{"id":2}'])

    assert write_jsonl(pages(), stream) == 2
    assert [msgspec.json.decode(line)["id"] for line in shown.getvalue().splitlines()] == [1, 2]
