"""Turn the rule of a scalar attribute into a function that makes its value for any row.

A maker takes the seed, the row's number `n` and the row's 30 random bits `h`; each attribute
multiplies `h` by a number of its own and looks at the middle bits, which is one draw and costs
next to nothing. Rules, all optional, a leading `?p` meaning empty in p percent of the rows:

    integer   3..9 | cycle 2|0 (by n) | each 4 (n // 4 + 1) | line 4 (n % 4 + 1)
    boolean   40%
    decimal   0:20 1..500 .6     twenty percent zero, else one to five hundred with six places
    text      a|b|c | cycle a|b|c (by n) | weighed a=5 b | @pool | constant
    enum      approved=58 draft=6 new
    datetime  created | created 4 | updated | time 0..20 | day -5..30
    date      -5..30
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from coupa_async_client.sandbox.shapes import timeline, words
from coupa_async_client.sandbox.shapes.model import JSON, Kind

if TYPE_CHECKING:
    from coupa_async_client.sandbox.shapes.notation import Entry

Maker: TypeAlias = Callable[[int, int, int], JSON]

DRAWS = 1 << 20
"""A draw is below this number: bits 24 to 43 of the product."""
_BITS = DRAWS - 1


def multiplier(title: str, name: str) -> int:
    """Return the odd 30-bit number that makes an attribute's draws its own."""
    return crc32(f"{title}.{name}".encode()) & 0x3FFFFFFF | 0x20000001


def empty_below(rule: str) -> tuple[int, str]:
    """Split `?p` off a rule: draws below the number mean no value, and the rest of the rule."""
    head, _, rest = rule.partition(" ")
    if not head.startswith("?"):
        return 0, rule
    return int(float(head[1:]) / 100 * DRAWS), rest.strip()


def scalar_maker(title: str, entry: Entry) -> Maker:
    """Return the maker of one scalar attribute of the table `title`."""
    below, rule = empty_below(entry.rule)
    return _BY_KIND[entry.kind](rule, multiplier(title, entry.name), below)


def _id(_rule: str, _m: int, _below: int) -> Maker:
    return lambda _seed, n, _h: n + 1


def _span(rule: str, default: str) -> tuple[int, int]:
    low, _, high = (rule or default).partition("..")
    return int(low), int(high or low) - int(low) + 1


def _integer(rule: str, m: int, below: int) -> Maker:
    word, _, number = rule.partition(" ")
    if word == "cycle":
        cycle = [int(value) for value in number.split("|")]
        size = len(cycle)
        return lambda _seed, n, _h: cycle[n % size]
    if word == "each":
        family = int(number)
        return lambda _seed, n, _h: n // family + 1
    if word == "line":
        family = int(number)
        return lambda _seed, n, _h: n % family + 1
    low, width = _span(rule, "0..9")

    def make(_seed: int, _n: int, h: int) -> JSON:
        draw = h * m >> 24 & _BITS
        return None if draw < below else low + draw % width

    return make


def _boolean(rule: str, m: int, below: int) -> Maker:
    percent = float(rule.rstrip("%") or 50)
    true_below = below + int((DRAWS - below) * percent / 100)

    def make(_seed: int, _n: int, h: int) -> JSON:
        draw = h * m >> 24 & _BITS
        return None if draw < below else draw < true_below

    return make


def _decimal(rule: str, m: int, below: int) -> Maker:
    places, zero_below, span = 2, below, "1..5000"
    for word in rule.split():
        if word.startswith("."):
            places = int(word[1:])
        elif word.startswith("0:"):
            zero_below = below + int((DRAWS - below) * float(word[2:]) / 100)
        else:
            span = word
    low, width = _span(span, "")
    unit = 10**places
    zero = f"0.{0:0{places}d}"

    def make(_seed: int, _n: int, h: int) -> JSON:
        product = h * m
        draw = product >> 24 & _BITS
        if draw < zero_below:
            return None if draw < below else zero
        whole = low + (product >> 16) % width
        return f"{whole}.{(product >> 7) % unit:0{places}d}"

    return make


def _text(rule: str, m: int, below: int) -> Maker:
    blank_below = below >> 3
    if rule.startswith("cycle "):
        cycle = rule.removeprefix("cycle ").split("|")
        size = len(cycle)
        return lambda _seed, n, _h: cycle[n % size]
    if rule == "@company":
        return lambda _seed, n, h: None if h * m >> 24 & _BITS < below else words.company(n)
    if rule.startswith("weighed "):
        return _enum(rule.removeprefix("weighed "), m, below)
    pool = words.POOLS[rule[1:]] if rule[:1] == "@" else tuple(rule.split("|"))
    length = len(pool)

    def make(_seed: int, _n: int, h: int) -> JSON:
        draw = h * m >> 24 & _BITS
        if draw < below:
            return "" if draw < blank_below else None
        return pool[draw % length]

    return make


def enum_weights(rule: str) -> dict[str, int]:
    """Read `a=5 b` as `{"a": 5, "b": 1}`."""
    parts = (word.partition("=") for word in empty_below(rule)[1].split())
    return {value: int(weight or 1) for value, _, weight in parts}


def _enum(rule: str, m: int, below: int) -> Maker:
    weighed = tuple(value for value, weight in enum_weights(rule).items() for _ in range(weight))
    length = len(weighed)

    def make(_seed: int, _n: int, h: int) -> JSON:
        draw = h * m >> 24 & _BITS
        return None if draw < below else weighed[draw % length]

    return make


def _datetime(rule: str, m: int, below: int) -> Maker:
    word, _, rest = rule.partition(" ")
    if word == "created":
        family = int(rest or 1)
        return lambda _seed, n, h: timeline.timestamp(timeline.created(n, h, family))
    if word == "updated":
        family = int(rest or 1)
        return lambda _seed, n, h: timeline.timestamp(
            timeline.updated(timeline.created(n, h, family), h * m >> 24 & _BITS)
        )
    low, width = _span(rest, "0..40")
    at_midnight = word == "day"

    def make(_seed: int, n: int, h: int) -> JSON:
        draw = h * m >> 24 & _BITS
        if draw < below:
            return None
        since = timeline.created(n, h)
        if at_midnight:
            return timeline.midnight(since, low + draw % width)
        return timeline.timestamp(since + (low + draw % width) * 86400 + draw % 86399)

    return make


def _date(rule: str, m: int, below: int) -> Maker:
    low, width = _span(rule, "0..40")

    def make(_seed: int, n: int, h: int) -> JSON:
        draw = h * m >> 24 & _BITS
        if draw < below:
            return None
        return timeline.local_date(timeline.created(n, h), low + draw % width).isoformat()

    return make


_BY_KIND: Mapping[Kind, Callable[[str, int, int], Maker]] = MappingProxyType(
    {
        "id": _id,
        "integer": _integer,
        "boolean": _boolean,
        "decimal": _decimal,
        "text": _text,
        "enum": _enum,
        "datetime": _datetime,
        "date": _date,
    }
)
"""What makes a maker of a rule, the attribute's multiplier and the draws that mean no value."""
