"""The query grammar against a naive filter written with nothing but Python."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.grammar import Query, parse
from coupa_async_client.sandbox.matching import matcher
from coupa_async_client.sandbox.refusal import RefusalError
from coupa_async_client.sandbox.schema import Schema
from coupa_async_client.sandbox.shapes import RESOURCES, Attribute, Shape

ROUGH_TEXT = st.text(st.sampled_from("aAbB é%[]=&+,'\"\\\n0"), max_size=4)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=5.5))])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2025, 1, 3), timezones=ZONES).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)

PARTY = Shape("Party", {a.name: a for a in [Attribute("id", "id"), Attribute("name", "text")]}, "p")
LINE = Shape(
    "Line",
    {
        a.name: a
        for a in [
            Attribute("id", "id"),
            Attribute("unit-price", "decimal"),
            Attribute("account", "object", PARTY),
        ]
    },
    "line",
)
THING = Shape(
    "Thing",
    {
        a.name: a
        for a in [
            Attribute("id", "id"),
            Attribute("count", "integer"),
            Attribute("gross-total", "decimal"),
            Attribute("paid", "boolean"),
            Attribute("note", "text"),
            Attribute("status", "enum", values=("a", "b")),
            Attribute("updated-at", "datetime"),
            Attribute("supplier", "object", PARTY),
            Attribute("from-currency", "object", PARTY),
            Attribute("order-lines", "list", LINE),
            Attribute("custom-fields", "map"),
        ]
    },
    "thing",
)
SCHEMA = Schema(THING)

RANGES: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda have, want: have == want,
    "eq": lambda have, want: have == want,
    "not_eq": lambda have, want: have != want,
    "gt": lambda have, want: have > want,
    "lt": lambda have, want: have < want,
    "gt_or_eq": lambda have, want: have >= want,
    "lt_or_eq": lambda have, want: have <= want,
}
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda have, want: want in have,
    "starts_with": lambda have, want: have[: len(want)] == want,
    "ends_with": lambda have, want: have[len(have) - len(want) :] == want,
}


def matches(row: dict[str, Any], *pairs: tuple[str, str], **knobs: Any) -> bool:
    query = parse(pairs, SCHEMA, Config(**knobs))
    return not query.nothing and matcher(query.conditions)(row.get)


def asked(name: str, operator: str) -> str:
    return f"{name}[{operator}]" if operator else name


@given(
    have=st.none() | st.integers(-5, 5),
    want=st.integers(-5, 5),
    operator=st.sampled_from(sorted(RANGES)),
)
def test_integers_compare_as_numbers(have: int | None, want: int, operator: str) -> None:
    expected = have is not None and RANGES[operator](have, want)
    assert matches({"count": have}, (asked("count", operator), str(want))) == expected


@given(
    have=st.none() | st.decimals(-2, 2, places=2).map(str),
    want=st.decimals(-2, 2, places=3),
    operator=st.sampled_from(sorted(RANGES)),
)
def test_amounts_compare_as_decimals_though_they_are_strings(
    have: str | None, want: Decimal, operator: str
) -> None:
    expected = have is not None and RANGES[operator](Decimal(have), want)
    assert matches({"gross-total": have}, (asked("gross_total", operator), f"{want:f}")) == expected


@given(
    have=st.none() | MOMENTS,
    want=MOMENTS,
    operator=st.sampled_from(sorted(RANGES)),
    fraction=st.sampled_from(["", ".0", ".000000"]),
)
def test_datetimes_compare_as_instants(
    have: datetime | None, want: datetime, operator: str, fraction: str
) -> None:
    row = {"updated-at": have and have.isoformat()}
    operand = want.isoformat().replace("+00:00", "Z") + fraction
    if fraction:
        operand = want.replace(tzinfo=None).isoformat() + fraction + want.strftime("%z")
    expected = have is not None and RANGES[operator](have, want)
    assert matches(row, (asked("updated-at", operator), operand)) == expected


@given(
    have=st.none() | ROUGH_TEXT,
    want=ROUGH_TEXT.filter(bool),
    operator=st.sampled_from(sorted(RANGES | TEXTS)),
)
def test_text_compares_as_text(have: str | None, want: str, operator: str) -> None:
    expected = have is not None and (RANGES | TEXTS)[operator](have, want)
    assert matches({"note": have}, (asked("note", operator), want)) == expected


@given(have=st.none() | st.sampled_from("abc"), want=st.sets(st.sampled_from("abcd"), min_size=1))
def test_in_and_not_in_take_lists_with_commas(have: str | None, want: set[str]) -> None:
    row, operand = {"status": have}, ",".join(sorted(want))
    assert matches(row, ("status[in]", operand)) == (have in want)
    assert matches(row, ("status[not_in]", operand)) == (have is not None and have not in want)


@given(have=st.sampled_from([None, "", "x"]), want=st.booleans())
def test_blank_means_null_or_empty(have: str | None, want: bool) -> None:
    assert matches({"note": have}, ("note[blank]", str(want).lower())) == ((not have) == want)


@given(have=st.sampled_from([None, True, False]), want=st.booleans())
def test_booleans(have: bool | None, want: bool) -> None:
    word = str(want).lower()
    assert matches({"paid": have}, ("paid", word)) == (have is want)
    assert matches({"paid": have}, ("paid[not_eq]", word)) == (have is (not want))


@given(
    lines=st.lists(
        st.fixed_dictionaries(
            {
                "id": st.integers(1, 3),
                "unit-price": st.sampled_from([None, "1.0", "2.00"]),
                "account": st.none() | st.fixed_dictionaries({"name": st.sampled_from("xyz")}),
            }
        ),
        max_size=3,
    )
)
def test_one_line_of_a_collection_is_enough(lines: list[dict[str, Any]]) -> None:
    row = {"order-lines": lines}
    prices = [Decimal(line["unit-price"]) for line in lines if line["unit-price"]]
    assert matches(row, ("order-lines[unit_price][gt]", "1")) == any(price > 1 for price in prices)
    names = [(line["account"] or {}).get("name") for line in lines]
    assert matches(row, ("order_lines[account][name]", "x")) == ("x" in names)
    assert matches(row, ("order_lines[account][name][blank]", "true")) == (None in names)
    assert matches(row, ("order_lines[blank]", "true")) == (not lines)


@given(
    row=st.fixed_dictionaries({"count": st.integers(0, 3), "status": st.sampled_from("ab")}),
    least=st.integers(0, 3),
)
def test_conditions_are_anded(row: dict[str, Any], least: int) -> None:
    pairs = [("count[gt_or_eq]", str(least)), ("status", "a")]
    assert matches(row, *pairs) == (row["count"] >= least and row["status"] == "a")


ROW = {
    "id": 7,
    "supplier": {"id": 44, "name": "Acme"},
    "from-currency": {"id": 1},
    "order-lines": [{"id": 9, "account": {"id": 3, "name": "A-B"}}],
    "custom-fields": {"erp-number": "E1"},
    "updated-at": "2025-08-14T00:00:00-04:00",
    "note": None,
}


@pytest.mark.parametrize(
    "pair",
    [
        ("supplier[name]", "Acme"),
        ("supplier[name][contains]", "cm"),
        ("supplier[id][in]", "1, 44"),
        ("supplier", "44"),
        ("supplier[in]", "44"),
        ("supplier_id", "44"),
        ("from_currency_id", "1"),
        ("from-currency-id[gt]", "0"),
        ("order_lines[account][name]", "A-B"),
        ("order_lines[account_id]", "3"),
        ("order-lines[account[name]]", "A-B"),
        ("[supplier][name][not-eq]", "x"),
        ("[supplier[id]]", "44"),
        ("custom_fields[erp_number]", "E1"),
        ("id", "7.0"),
        ("updated-at", "2025-08-14T04:00:00.000Z"),
        ("updated-at[gt]", "2025-08-14"),
        ("note", ""),
        ("note[in]", "x,"),
        ("custom-fields[blank]", "false"),
    ],
)
def test_spellings_the_documentation_uses(pair: tuple[str, str]) -> None:
    assert matches(ROW, pair)
    assert parse([pair], SCHEMA, Config(unknown_filter="400")).conditions


@pytest.mark.parametrize(
    "pair",
    [
        ("updated-at[contains]", "2025"),
        ("updated-at[starts_with]", "2025"),
        ("updated-at", "2025-08-14T00:00:00 04:00"),
        ("updated-at", "2025-08-14T00:00:00"),
        ("updated-at", "2025-13-14"),
        ("updated-at", "yesterday"),
        ("note[blank]", "maybe"),
        ("note[blank]", ""),
        ("count", "many"),
        ("count[in]", "1,x"),
        ("gross-total[gt]", "NaN"),
        ("paid", "perhaps"),
        ("paid[gt]", "true"),
        ("paid[contains]", "t"),
        ("status[", "a"),
        ("status]", "a"),
        ("status]in[", "a"),
        ("status[]", "a"),
        ("", "a"),
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "ten"),
        ("offset", "-1"),
        ("offset", "1.5"),
        ("dir", "up"),
    ],
)
def test_a_malformed_query_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(RefusalError) as caught:
        parse([pair], SCHEMA, Config())
    assert caught.value.status == 400
    assert caught.value.message


def test_a_lost_plus_can_be_guessed_at_as_the_documentation_warns() -> None:
    lost = ("updated-at", "2025-08-14T04:00:00 02:00")
    assert matches(ROW, lost, bad_datetime="guess")
    assert matches(ROW, ("updated-at[gt]", "'2011-1-1 22:00:00'"), bad_datetime="guess")
    with pytest.raises(RefusalError):
        matches(ROW, ("updated-at", "soon"), bad_datetime="guess")


@pytest.mark.parametrize("name", ["nope", "supplier[nope]", "supplier[name][x]", "note[like]"])
def test_an_unknown_attribute_does_what_the_knob_says(name: str) -> None:
    assert matches(ROW, (name, "1"))
    assert not matches(ROW, (name, "1"), unknown_filter="empty")
    with pytest.raises(RefusalError):
        matches(ROW, (name, "1"), unknown_filter="400")


def test_paging_and_order() -> None:
    def of(*pairs: tuple[str, str], **knobs: Any) -> Query:
        return parse(pairs, SCHEMA, Config(**knobs))

    assert (of().limit, of().offset, of().order) == (50, 0, None)
    assert of(("limit", "7"), ("offset", "100")).limit == 7
    assert of(("limit", "500")).limit == 50
    assert of(("limit", "0"), ("offset", "x"), bad_paging="default").limit == 50
    with pytest.raises(RefusalError):
        of(("limit", "51"), max_limit="400")
    by_date = of(("order_by", "updated_at"), ("dir", "DESC"))
    assert by_date.order is not None
    assert (by_date.order.name, by_date.descending) == ("updated-at", True)
    assert of(("order_by", "id"), ("dir", "desc")).order is None
    ignored = of(("order_by", "updated-at"), ("dir", "desc"), honour_order=False)
    assert (ignored.order, ignored.descending) == (None, False)
    assert of(("order_by", "supplier")).order is None
    with pytest.raises(RefusalError):
        of(("order_by", "nope"), unknown_filter="400")


def test_names_that_never_filter() -> None:
    reserved = [
        "limit",
        "offset",
        "order_by",
        "return_object",
        "filter",
        "fields",
        "show_deleted_lines",
    ]
    values = {"limit": "5", "offset": "0", "return_object": "none"}
    pairs = [(name, values.get(name, "x")) for name in reserved]
    assert parse(pairs, SCHEMA, Config()).conditions == ()


@given(
    have=st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | MOMENTS.map(datetime.isoformat)
    | ROUGH_TEXT,
    want=st.integers(-3, 3),
)
def test_loaded_attributes_compare_by_their_own_type(have: Any, want: int) -> None:
    schema = Schema(None, {"x": "x"}, loaded=True)
    number = isinstance(have, int) and not isinstance(have, bool)
    for operator, compare in RANGES.items():
        query = parse([(asked("x", operator), str(want))], schema, Config())
        unlike = operator == "not_eq" and have is not None
        looks_alike = have == str(want)
        expected = compare(have, want) if number else unlike
        if not looks_alike and not (
            isinstance(have, str) and operator in {"gt", "lt", "gt_or_eq", "lt_or_eq"}
        ):
            assert matcher(query.conditions)({"x": have}.get) == expected


def test_every_attribute_of_the_catalogue_can_be_filtered_on() -> None:
    for resource in RESOURCES.values():
        schema = Schema(resource.shape)
        for name in resource.shape.attributes:
            found = parse([(f"{name}[blank]", "true")], schema, Config(unknown_filter="400"))
            assert found.conditions[0].path == (name,)
