"""What an explanation says to people and to programs."""

import json
from dataclasses import replace

import pytest

from coupa_async_client.explanation import Explanation

USUAL = Explanation(
    resource="invoices",
    paging="ranges",
    order="none: up to 32 spans of ids are read at once",
    rows=20_000,
    certainty="close",
    at_least=15_050,
    at_most=None,
    why="",
    requests=411,
    seconds=16.1,
    rate=25.0,
    at_once=13,
    concurrent=32,
    page_size=50,
    latency=0.1234,
    bytes_asked=640_000,
    bytes_full=340_000_000,
    row_bytes=32.0,
    full_row_bytes=17_000.0,
    measured=100,
    attributes=("id", "supplier.name"),
    scopes=("core.invoice.read",),
    parts=1,
    bounds=(),
    curl="curl ...",
    looks=3,
)


def line(explanation, name):
    (found,) = [each for each in str(explanation).splitlines() if each.startswith(name)]
    return found.removeprefix(name).strip()


def test_people_read_one_line_for_each_thing():
    assert str(USUAL).splitlines() == [
        "resource   invoices",
        "rows       about 20,000",
        "requests   411, of at most 50 rows",
        "time       16.1 s at 25 requests/s after the first 13, 32 in flight at most, 0.12 s an answer",
        "bytes      640.0 kB as asked, 340.0 MB in full (uncompressed JSON, by 100 rows)",
        "order      none: up to 32 spans of ids are read at once (paging by ranges)",
        "attributes id, supplier.name",
        "scopes     core.invoice.read",
        "first      curl ...",
    ]


@pytest.mark.parametrize(
    ("changes", "name", "text"),
    [
        ({"certainty": "exact", "rows": 7}, "rows", "7"),
        ({"certainty": "rough", "why": "ids lie unevenly"}, "rows", "roughly 20,000 (ids lie"),
        (
            {"certainty": "unknown", "rows": None, "why": "rows have no id", "at_most": 20_000},
            "rows",
            "unknown (rows have no id); at least 15,050, at most 20,000",
        ),
        ({"rows": None, "why": ""}, "rows", "unknown; at least 15,050"),
        ({"requests": None}, "requests", "unknown, of at most 50 rows"),
        ({"parts": 4}, "requests", "411, of at most 50 rows, in 4 parts"),
        ({"seconds": None}, "time", "unknown at 25 requests/s"),
        ({"seconds": 600.0}, "time", "10 min at"),
        ({"seconds": 9_000.0}, "time", "2.5 h at"),
        ({"at_once": 0}, "time", "16.1 s at 25 requests/s, 32 in"),
        ({"rate": None, "at_once": None}, "time", "16.1 s as fast as answers come, 32 in"),
        ({"bytes_asked": None, "bytes_full": None}, "bytes", "32 bytes a row as asked, 17.0 kB in"),
        ({"attributes": ()}, "bytes", "640.0 kB (uncompressed JSON"),
        ({"attributes": ()}, "attributes", "all: name the ones you need"),
        (
            {"attributes": tuple("abcdefghijklmn")},
            "attributes",
            "a, b, c, d, e, f, g, h, i, j, k, l and 2",
        ),
        ({"scopes": ("a.read", "b.read")}, "scopes", "a.read or b.read"),
        ({"scopes": ()}, "scopes", "none reported"),
        ({"bounds": ("max_items=7", "ids above 3")}, "bounds", "max_items=7; ids above 3"),
    ],
)
def test_what_else_it_may_say(changes, name, text):
    assert line(replace(USUAL, **changes), name).startswith(text)


def test_nothing_measured_is_no_line():
    text = str(replace(USUAL, measured=0, curl="", bounds=()))
    assert "\nbytes" not in text
    assert "\nfirst" not in text


def test_programs_read_json():
    told = USUAL.to_dict()
    assert json.loads(json.dumps(told)) == told
    assert told["rows"] == 20_000
    assert told["attributes"] == ["id", "supplier.name"]
