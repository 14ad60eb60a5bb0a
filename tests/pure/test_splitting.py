"""Long lists in several questions: the same rows, none twice, and refused where that cannot be."""

import unicodedata
from itertools import chain
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import CoupaConfigError, field, where
from coupa_async_client.query import LONGEST_QUERY, SAFE_QUERY, Part, query_string, spell, split
from coupa_async_client.sandbox import grammar
from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.matching import matcher
from coupa_async_client.sandbox.schema import Schema
from coupa_async_client.sandbox.shapes import RESOURCES

IDS = st.lists(st.integers(1, 400), min_size=1, max_size=150)
NUMBERS = st.lists(
    st.text(st.sampled_from("aAbBeéÉE0157-. "), min_size=1, max_size=6)
    .filter(str.strip)
    .map(str.strip)
    | st.sampled_from(
        ["1", "1.0", "01", "2025-01-01", "2025-01-01T00:00:00Z", "straße", "STRASSE"]
    ),
    min_size=1,
    max_size=80,
)


def meets(params):
    """Let the sandbox decide which rows meet a query."""
    pairs = parse_qsl(query_string(params), keep_blank_values=True)
    return matcher(grammar.parse(pairs, Schema(RESOURCES["invoices"].shape), Config()).conditions)


def lenient(text):
    """Stand for a database that minds neither case nor accents nor blanks around."""
    plain = unicodedata.normalize("NFD", text.strip().casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


@given(IDS, st.integers(60, 300), st.sampled_from([list, set, lambda ids: ",".join(map(str, ids))]))
def test_parts_of_a_list_of_ids_bring_each_row_once_in_order(ids, longest, given_as):
    params = {"status": "new", "id[in]": given_as(ids), "id[not_eq]": 7}
    parts = split(params, longest)
    whole, pieces = meets(params), [meets(part.params) for part in parts]
    rows = [{"id": n, "status": s} for n in range(1, 402) for s in ("new", "paid")]
    for row in rows:
        assert sum(piece(row.get) for piece in pieces) == whole(row.get)
    assert all(len(query_string(part.params)) <= longest for part in parts)
    places = [None, *(part.span[1] for part in parts)]
    assert [part.span[0] for part in parts] == places[:-1]
    assert places[-1] is None
    for part, piece in zip(parts, pieces, strict=True):
        after, upto = part.span[0] or 0, part.span[1] or 402
        assert all(after < row["id"] <= upto for row in rows if piece(row.get))


@given(NUMBERS, st.integers(100, 250))
def test_parts_of_another_list_bring_each_row_once_however_texts_are_compared(numbers, longest):
    params = {"invoice-number[in]": numbers, "exported": False}
    parts = split(params, longest)
    lists = [spell("invoice-number[in]", part.params["invoice-number[in]"]) for part in parts]
    lists = [values.split(",") for values in lists]
    assert len(parts) == 1 or sorted(chain(*lists)) == sorted(set(numbers))
    whole, pieces = meets(params), [meets(part.params) for part in parts]
    for number in [*numbers, "another"]:
        row = {"invoice-number": number, "exported": False}
        assert sum(piece(row.get) for piece in pieces) == whole(row.get)
        assert sum(lenient(number) in map(lenient, values) for values in lists) == (
            number != "another"
        )
    assert len(parts) == 1 or max(len(query_string(part.params)) for part in parts) <= longest
    assert {part.span for part in parts} == {(None, None)}


@pytest.mark.parametrize(
    "alike",
    [
        ("abc", "ABC", "Abc"),
        ("cafe", "café", "CAFE\u0301"),
        ("straße", "STRASSE"),
        ("1", "1.0", "01", "+1"),
        ("a\u00adb", "ab"),
        ("2025-01-01", "2025-01-01T00:00:00Z", "2025-01-01T02:00:00+02:00"),
    ],
)
def test_what_a_database_may_take_for_one_another_stays_in_one_part(alike):
    """A row whose number was listed in two spellings came twice."""
    others = [f"no {n}" for n in range(30)]
    parts = split({"invoice-number[in]": [alike[0], *others, *alike[1:]]}, 200)
    holding = [p for p in parts if set(alike) & set(p.params["invoice-number[in]"].split(","))]
    assert len(parts) > 1
    assert len(holding) == 1


def test_a_question_of_common_length_stays_as_it_is():
    params = {"id[in]": [2, 1, 2], "fields": '["id"]'}
    assert split(params) == (Part(params),)
    assert split({}) == (Part({}),)


def test_repeated_values_are_asked_for_once():
    (only,) = split({"id[in]": [5, 7] * 1_000})
    assert only == Part({"id[in]": "5,7"})


def test_a_part_is_as_long_as_may_be():
    params = {"name[in]": ["x" * 20, "y" * 20, "z" * 10, "z" * 10]}
    parts = split(params, len("name%5Bin%5D=") + 20)
    assert [part.params["name[in]"] for part in parts] == ["x" * 20, "y" * 20, "z" * 10]
    (one, two) = split({"id[in]": [1, 2, 3, 4]}, len("id%5Bin%5D=1%2C2"))
    assert (one.params["id[in]"], two.params["id[in]"]) == ("1,2", "3,4")


def test_the_rest_of_the_question_is_in_every_part():
    asked = where(exported=False, id__in=list(range(10_000, 12_000))) & (field("id") > 5)
    parts = split({**asked, "fields": '["id"]'})
    assert len(parts) == 3
    for part in parts:
        assert list(part.params) == ["exported", "id[in]", "id[gt]", "fields"]
        assert len(query_string(part.params)) <= SAFE_QUERY


def test_ids_are_cut_before_a_longer_list():
    """Ids are the only list whose rows cannot move from part to part while they are read."""
    params = {"invoice-number[in]": [f"INV-{n}" for n in range(450)], "id[in]": list(range(500))}
    parts = split(params)
    assert all(part.params["invoice-number[in]"] == params["invoice-number[in]"] for part in parts)
    assert len(parts) > 1


def test_the_longest_list_is_cut_where_cutting_the_ids_would_not_do():
    params = {
        "id[in]": [1, 2],
        "status[in]": ["new", "paid"],
        "invoice_number[in]": [f"INV-{n}" for n in range(2_000)],
    }
    parts = split(params)
    assert len(parts) > 1
    assert all(part.params["id[in]"] == [1, 2] for part in parts)
    assert all(part.params["status[in]"] == ["new", "paid"] for part in parts)


LONG = [f"value {n}" for n in range(3_000)]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"status[not_in]": LONG}, ["status[not_in]", "what the others leave out", "[in]"]),
        (
            {"order-lines[account][code][in]": LONG},
            ["order-lines[account][code][in]", "in several parts", "id[in]"],
        ),
        ({"name[in]": LONG, "order_by": "name"}, ["order_by", "leave those out"]),
        ({"id[in]": list(range(9_000)), "offset": 50}, ["offset", "leave those out"]),
        ({"id[in]": [*range(9_000), "9001x"]}, ["id[in]", "no whole numbers"]),
        ({"name[in]": LONG, "fields": '["%s"]' % ("x" * SAFE_QUERY)}, ["no room", "fields"]),
        ({"name[contains]": "x" * 40_000}, ["name[contains]", "shorten it"]),
        ({"fields": '["%s"]' % ("x" * 40_000)}, ["in fields", "shorten it"]),
    ],
)
def test_what_cannot_be_cut_is_refused_with_the_remedy(params, words):
    with pytest.raises(CoupaConfigError, match="characters, more than servers take") as caught:
        split(params)
    for word in words:
        assert word in str(caught.value)


def test_what_cannot_be_cut_but_was_sent_before_is_sent():
    """0.1.0 sent them; a server that does not take them says so, and no row is lost in silence."""
    for params in (
        {"status[not_in]": LONG[:500]},
        {"supplier[name][in]": LONG[:500]},
        {"id[in]": list(range(2_000)), "order_by": "id"},
    ):
        assert SAFE_QUERY < len(query_string(params)) < LONGEST_QUERY
        assert split(params) == (Part(params),)


def test_a_value_longer_than_a_part_is_not_cut():
    params = {"name[in]": ["x" * 150, "y"]}
    assert split(params, 100) == (Part(params),)
