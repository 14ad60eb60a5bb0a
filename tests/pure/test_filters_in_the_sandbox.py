"""What conditions say is what the sandbox reads, whose grammar is written from Coupa's pages alone."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import field, where
from coupa_async_client.query import query_string, terms
from coupa_async_client.sandbox import grammar
from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.schema import Schema
from coupa_async_client.sandbox.shapes import RESOURCES

ZONES = st.integers(-14 * 4, 14 * 4).map(lambda n: timezone(timedelta(minutes=15 * n)))
MOMENTS = st.integers(915_148_800, 2_208_988_800).flatmap(
    lambda seconds: (ZONES | st.just(UTC)).map(lambda zone: datetime.fromtimestamp(seconds, zone))
)
TEXTS = st.text(
    st.sampled_from("aZ09 ,&=+%#?/\\[]{}'\";:-_~.é漢🎉\t\n")
    | st.characters(exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
).filter(str.strip)
ITEMS = TEXTS.map(lambda text: text.replace(",", ";").strip()).filter(bool)
VALUES = {
    "id": st.integers(0, 10**12),
    "integer": st.integers(-(10**6), 10**6),
    "decimal": st.decimals(-(10**9), 10**9, places=4) | st.floats(-1e6, 1e6).map(lambda x: x + 0.0),
    "boolean": st.booleans(),
    "datetime": MOMENTS | st.dates(date(1999, 1, 1), date(2040, 1, 1)),
    "date": st.dates(date(1999, 1, 1), date(2040, 1, 1)),
}
SAYING = {
    "eq": lambda f, v: f == v,
    "not_eq": lambda f, v: f != v,
    "gt": lambda f, v: f > v,
    "gt_or_eq": lambda f, v: f >= v,
    "lt": lambda f, v: f < v,
    "lt_or_eq": lambda f, v: f <= v,
    "contains": lambda f, v: f.contains(v),
    "starts_with": lambda f, v: f.starts_with(v),
    "ends_with": lambda f, v: f.ends_with(v),
    "in": lambda f, v: f.in_(*v),
    "not_in": lambda f, v: f.not_in(*v),
    "blank": lambda f, v: f.blank(v),
}
ALWAYS = ("eq", "not_eq", "in", "not_in", "blank")
BOUNDS = ("gt", "gt_or_eq", "lt", "lt_or_eq")
INVOICE = RESOURCES["invoices"].shape


def attributes(shape, path=(), depth=3):
    """List the scalar attributes of a shape, through associations and collections."""
    for name, attribute in shape.attributes.items():
        if attribute.kind not in ("object", "list", "map"):
            yield (*path, name), attribute.kind
        elif attribute.shape is not None and depth:
            yield from attributes(attribute.shape, (*path, name), depth - 1)


ATTRIBUTES = list(attributes(INVOICE))


@st.composite
def comparisons(draw):
    """Draw an attribute of an invoice, an operator that its kind allows and values of that kind."""
    path, kind = draw(st.sampled_from(ATTRIBUTES))
    is_text = kind not in VALUES
    operators = [*ALWAYS, *(BOUNDS if kind != "boolean" else ())]
    operators += ["contains", "starts_with", "ends_with"] if is_text else []
    operator = draw(st.sampled_from(operators))
    if operator == "blank":
        return path, operator, draw(st.booleans())
    if operator in ("in", "not_in"):
        return path, operator, draw(st.lists(VALUES.get(kind, ITEMS), min_size=1, max_size=5))
    return path, operator, draw(VALUES.get(kind, TEXTS))


def operand(value):
    """Say what Python value the sandbox should find in what was sent (docs 0011, 0014)."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return Decimal(str(value)) if isinstance(value, float) else value


def read_by_the_sandbox(text):
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
    return grammar.parse(pairs, Schema(INVOICE), Config(unknown_filter="400", bad_datetime="400"))


def meaning(conditions):
    return {(c.path, c.operator, frozenset(c.operands)) for c in conditions}


def unique(path_and_operator):
    return path_and_operator[:2]


@given(st.lists(comparisons(), max_size=6, unique_by=unique), st.randoms(use_true_random=False))
def test_the_sandbox_reads_the_same_filters_back(asked, chance):
    condition = where()
    for path, operator, value in asked:
        names = [chance.choice([name, name.replace("-", "_")]) for name in path]
        condition &= SAYING[operator](field(*names), value)
    found = read_by_the_sandbox(query_string(condition)).conditions
    assert meaning(found) == {
        (path, operator, frozenset(map(operand, value if isinstance(value, list) else [value])))
        for path, operator, value in asked
    }
    assert len(found) == len(asked)
    assert [(term.path, term.operator) for term in terms(condition)] == [unique(a) for a in asked]


@given(st.lists(comparisons(), max_size=6, unique_by=unique))
def test_keywords_and_the_plain_mapping_are_read_alike(asked):
    keywords = {
        "__".join((*path, op)) if op != "eq" else "__".join(path): v for path, op, v in asked
    }
    mapping = {
        path[0] + "".join(f"[{name}]" for name in (*path[1:], op) if name != "eq"): v
        for path, op, v in asked
    }
    by_keywords = where(**{name.replace("-", "_"): value for name, value in keywords.items()})
    found = read_by_the_sandbox(query_string(by_keywords)).conditions
    assert meaning(found) == meaning(read_by_the_sandbox(query_string(mapping)).conditions)
    assert len(found) == len(asked)


@given(st.lists(comparisons(), max_size=4, unique_by=unique))
def test_its_repr_makes_an_equal_condition(asked):
    condition = where()
    for path, operator, value in asked:
        condition &= SAYING[operator](field(*path), value)
    again = eval(repr(condition))  # noqa: S307  (that is what a repr is for)
    assert again == condition
    assert hash(again) == hash(condition)
    assert str(again) == str(condition)


@given(TEXTS, st.sampled_from(["contains", "eq", "gt"]), st.lists(ITEMS, min_size=1, max_size=4))
def test_no_text_breaks_out_of_its_place(text, operator, items):
    names = ("note", "x y".replace(" ", "-"))
    condition = SAYING[operator](field(*names), text) & field("größe?").in_(*items)
    pairs = parse_qsl(query_string(condition), keep_blank_values=True, strict_parsing=True)
    assert pairs[0][1] == text
    found = grammar.parse(pairs, Schema(None, {"note": "note", "größe?": "größe?"}), Config())
    assert {(c.path, c.operator, c.operands) for c in found.conditions} == {
        (names, operator, (text,)),
        (("größe?",), "in", tuple(dict.fromkeys(items))),
    }
