"""A question too long for one URL as several that bring the same rows, none of them twice.

Asking them one after another, and going on after an interruption, is left to the scan.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from coupa_async_client.errors import CoupaConfigError
from coupa_async_client.types import Params, Span

from .spelling import LONGEST_QUERY, any_length, encoded, names_order, plain, spelled
from .terms import Term, terms

SAFE_QUERY = 6_000
"""Characters that go in one request where a list can be cut.

By default nginx and Apache take a request line of 8 kB, Apigee one of 7 kB, and HAProxy 15 kB with all
headers, of which Coupa's token is the longest (doc 0018: of unbounded length). What is left is for the
path and the parameters of paging.
"""

_ID = ("id",)
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
_COMMA = len(encoded("", ","))


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions a long one is cut into; `span` are the ids that it can bring."""

    params: Params
    span: Span = (None, None)


def split(params: Params, longest: int = SAFE_QUERY) -> tuple[Part, ...]:
    """Cut a list of `[in]` so that no query is longer than `longest` characters.

    The list is that of `id`, or else the longest of an attribute of the row itself. The parts of a list
    of ids follow each other in order of id, their spans joining without a gap: what is left of the
    whole question says what is left of each part. A row is in two parts of another list, or in none,
    only if its attribute changes from one listed value to another between the two.

    Where no list can be cut, the question stays whole, up to `LONGEST_QUERY` characters.

    Raises:
        CoupaConfigError: it is longer than that; says why it cannot be cut, and what to do.
    """
    length = len(any_length(params))
    if length <= longest:
        return (Part(plain(params)),)
    for term in _cuttable(params):
        room = longest - length + len(encoded(term.key, ",".join(term.values)))
        if pieces := _pieces(term, room):
            return tuple(_parts(params, term, pieces))
    if length <= LONGEST_QUERY:
        return (Part(plain(params)),)
    raise CoupaConfigError(_why_whole(params, length, longest))


def _cuttable(params: Params) -> list[Term]:
    """List the lists that can be cut, the best first.

    An attribute in a collection has several values in a row, which would be in several parts; the
    order of all rows is lost if they are asked for in parts.
    """
    if names_order(params):
        return []
    lists = [
        term
        for term in terms(params)
        if term.operator == "in" and len(term.path) == 1 and (term.path != _ID or _are_ids(term))
    ]
    return sorted(lists, key=lambda term: (term.path != _ID, -len(",".join(term.values))))


def _pieces(term: Term, room: int) -> list[list[str]]:
    """Fill pieces of at most `room` characters; none if a group of values is longer than that."""
    pieces: list[list[str]] = []
    left = -1
    for group in _groups(term):
        size = sum(_COMMA + len(encoded(term.key, value)) for value in group)
        if size - _COMMA > room:
            return []
        if size > left:
            pieces.append([])
            left = room + _COMMA
        pieces[-1].extend(group)
        left -= size
    return pieces


def _groups(term: Term) -> Iterable[Sequence[str]]:
    """Group the values that have to stay together, each value once."""
    if _are_ids(term):
        return [[str(number)] for number in sorted(set(map(int, term.values)))]
    groups: dict[object, dict[str, None]] = {}
    for value in term.values:
        groups.setdefault(_blurred(value), {})[value] = None
    return [list(group) for group in groups.values()]


def _parts(params: Params, term: Term, pieces: Sequence[Sequence[str]]) -> Iterator[Part]:
    after: int | None = None
    for index, piece in enumerate(pieces):
        span: Span = (None, None)
        if _are_ids(term):
            upto = int(piece[-1]) if index + 1 < len(pieces) else None
            span, after = (after, upto), upto
        yield Part({**plain(params), term.key: ",".join(piece)}, span)


def _are_ids(term: Term) -> bool:
    return term.path == _ID and all(v.isascii() and v.strip().isdigit() for v in term.values)


def _blurred(text: str) -> object:
    """Return what all texts share that a lenient comparison might take for one another.

    Whether Coupa minds case, accents or blanks, and how it reads numbers, is not documented.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        return "".join(c for c in folded if unicodedata.category(c) not in ("Mn", "Cf"))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _why_whole(params: Params, length: int, longest: int) -> str:
    """Say why a question cannot be cut, by what is longest in it."""
    key, text = max(spelled(params), key=lambda pair: len(pair[1]))
    term = next((term for term in terms(params) if term.key == key), None)
    if names_order(params):
        why = "parts would not keep the order or place that order_by, dir or offset ask for"
        remedy = "leave those out"
    elif term is not None and term.operator == "not_in":
        why = "each part of a [not_in] list would bring what the others leave out"
        remedy = "ask for the values that are wanted by [in], or leave rows out as they come"
    elif term is not None and term.operator == "in" and len(term.path) > 1:
        why = "a row that reaches several of its values would come in several parts"
        remedy = "ask for the rows by id[in], or in several scans, and drop the ids that come again"
    elif term is not None and term.operator == "in" and term.path == _ID and not _are_ids(term):
        why = "some of its values are no whole numbers, and Coupa may read them as such"
        remedy = "give ids as they are"
    elif term is not None and term.operator == "in":
        why = f"what else is asked leaves no room for parts of {longest:,} characters"
        remedy = "shorten fields and the other lists"
    else:
        why = "only a list of [in] can be cut"
        remedy = "shorten it"
    return (
        f"the params spell a query of {length:,} characters, more than servers take "
        f"({LONGEST_QUERY:,}), {len(text):,} of them in {key}: {why}; {remedy}"
    )
