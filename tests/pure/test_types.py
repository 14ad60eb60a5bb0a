"""Pages keep rows as bytes and decode what is touched; receipts are JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import Page, Response, ScanReceipt

ROWS = [b'{"id": 1,"total":"1.10","x":[1, 2]}', b'{"id":"2"}', b'{"name":"no id"}']


def test_a_page_is_a_sequence_of_objects():
    page = Page(ROWS)
    assert len(page) == 3
    assert page[0] == {"id": 1, "total": "1.10", "x": [1, 2]}
    assert page[-1] == {"name": "no id"}
    assert page[1:] == [{"id": "2"}, {"name": "no id"}]
    assert list(page) == [page[0], page[1], page[2]]
    assert {"id": "2"} in page
    assert page.raw == tuple(ROWS)
    assert page.ids == (1, 2, None)
    with pytest.raises(IndexError):
        page[3]


def test_a_page_equals_the_list_it_decodes_to():
    page = Page(ROWS)
    assert page == [{"id": 1, "total": "1.10", "x": [1, 2]}, {"id": "2"}, {"name": "no id"}]
    assert page == Page([b'{"id":1,"total":"1.10","x":[1,2]}', *ROWS[1:]])
    assert page != []
    assert page != "page"
    assert not Page(())


def test_a_page_shows_no_content():
    assert repr(Page(ROWS)) == "<Page of 3 rows>"


def test_taking_an_attribute_out_leaves_the_others_as_they_were_spelled():
    page = Page([b'{"id": 1, "total": 1.10, "x":[1, 2]}', b'{"a":1}']).without("id")
    assert page.raw == (b'{"total":1.10,"x":[1, 2]}', b'{"a":1}')
    assert page.ids == (1, None)


def test_keeping_some_rows_keeps_their_ids():
    kept = Page(ROWS).keep([1, 0])
    assert (kept.raw, kept.ids) == ((ROWS[1], ROWS[0]), (2, 1))


def test_a_number_too_large_for_a_float_is_read_like_the_standard_library_reads_it():
    page = Page([b'{"id":3,"x":1e400}'])
    assert page.ids == (3,)
    assert page[0]["x"] == float("inf")
    assert [row["id"] for row in page] == [3]


@pytest.mark.parametrize("id_", [b'"' + b"9" * 5_000 + b'"', b'"12a"', b"true", b"1.5", b"{}"])
def test_an_id_that_is_no_sensible_number_is_none(id_):
    assert Page([b'{"id":' + id_ + b"}"]).ids == (None,)


@pytest.mark.parametrize(
    ("row", "id_"),
    [
        (b'{"id":12.0,"x":1}', None),
        (b'{"id":12e1,"x":1}', None),
        (b'{"id":-12}', -12),
        (b'{"id":null,"x":{"id":3}}', None),
        (b'{"id":{"id":3}}', None),
        (b'{"ID":3}', None),
        (b'{"id-2":3}', None),
        (b'{"x":{"id":3}}', None),
        (b'{"x":"{\\"id\\":3,","id":4}', 4),
        (b'{"\\u0069d":3}', 3),
        (b'{"id":"0012"}', 12),
        (b'{"id":' + b"9" * 18 + b"}", 10**18 - 1),
        (b'{"id":' + b"9" * 40 + b"}", 10**40 - 1),
        (b'{\r\n\t"id" : 0 \n}', 0),
    ],
)
def test_an_id_is_that_of_the_row_itself_however_it_is_spelled(row, id_):
    assert Page([row]).ids == (id_,)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
spellings = st.fixed_dictionaries(
    {
        "separators": st.sampled_from([(",", ":"), (", ", ": "), (" ,\r\n", "\t: ")]),
        "indent": st.none() | st.sampled_from(["", "\t"]),
        "ensure_ascii": st.booleans(),
    }
)


@given(values, st.dictionaries(st.text().filter("id".__ne__), values, max_size=4), spellings)
def test_an_id_is_the_same_wherever_in_its_row_it_stands(id_, others, spelling):
    first = json.dumps({"id": id_, **others}, **spelling).encode()
    last = json.dumps({**others, "id": id_}, **spelling).encode()
    assert Page([first]).ids == Page([last]).ids


def test_an_id_beside_what_msgspec_does_not_read_is_found():
    assert Page([b'{"name":"\\ud83d","id":4}']).ids == (4,)


def test_a_receipt_is_json():
    receipt = ScanReceipt("invoices", "keyset", rows=2, retries={"503": 1}, statuses={200: 3})
    written = json.loads(json.dumps(receipt.to_dict()))
    assert written["statuses"] == {"200": 3}
    assert written["retries"] == {"503": 1}
    assert written["complete"] is False


def test_an_answer_decodes_its_body():
    assert Response(200, {}, b'{"a":1}').json() == {"a": 1}
    assert "secret" not in repr(Response(200, {}, b"secret"))
