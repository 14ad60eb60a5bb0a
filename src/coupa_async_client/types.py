"""The data that passes between floors and out to users: JSON, requests, answers, pages, receipts.

Nothing here decides or does I/O.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, TypeVar, overload

if TYPE_CHECKING:
    import msgspec
    import typing_extensions  # the checkers' own: a default needs Python 3.13 otherwise

MAX_PAGE_SIZE = 50
"""Rows an answer holds at most (doc 0014); what a larger `limit` does is not documented."""

JSONObject = dict[str, Any]
"""One decoded JSON object, keys as Coupa spells them (hyphens)."""

if TYPE_CHECKING:
    Row = typing_extensions.TypeVar("Row", default=JSONObject)
else:
    Row = TypeVar("Row")

Params = Mapping[str, object]
"""Query parameters: `attr`, `attr[op]` or `assoc[attr][op]` to a value (docs 0009, 0014).

A `Condition` is a mapping of the parameters that it sends, so whatever takes a mapping takes one.
"""

Fields = str | Sequence[Any]
"""Coupa's `fields` projection (doc 0008).

Its JSON text, the list that text would spell, or names with dots: `id,supplier.name`.
"""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to send but for the token; `attempt` counts its tries from 1."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    resource: str | None = None
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Response:
    """One complete HTTP answer; header names are lower case, the body is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    elapsed: float = 0.0

    def json(self) -> Any:  # noqa: ANN401  (JSON is any value)
        """Decode the body.

        Raises:
            ValueError: the body is not JSON.
        """
        return _decoded(self.body)


Paging = Literal["auto", "keyset", "offset"]
OnError = Literal["raise", "finish"]
OnInvalid = Literal["raise", "collect"]
Checkpoint = Mapping[str, Any]
"""What of a scan is still to come, as plain JSON; made by `Scan.checkpoint`."""

Span = tuple[int | None, int | None]
"""Places above the first, up to the second: ids, or numbers of rows skipped; None is no bound."""


class ScanOptions(TypedDict, total=False):
    """The keyword arguments of `scan` but for the type, for its signatures."""

    paging: Paging
    page_size: int | None
    concurrent: int | None
    max_items: int | None
    on_error: OnError
    resume: Checkpoint | None
    on_invalid: OnInvalid


@dataclass(frozen=True, slots=True)
class Ask:
    """One request a plan wants sent: paging parameters, `limit` rows at most, from behind `place`.

    `part` is the number of the part that it is about, of a question that is asked in parts.
    """

    params: Mapping[str, str]
    limit: int
    place: int | None = None
    part: int = 0


class Plan(Protocol):
    """Decides which pages to ask for; never does I/O."""

    @property
    def done(self) -> bool:
        """Tell whether every page has left and none is to be asked for."""
        ...

    def take(self, room: int) -> list[Ask]:
        """Return at most `room` new requests; none while the plan waits for answers."""
        ...

    def feed(self, ask: Ask, page: "Page") -> list["Page"]:
        """Take the answer to one request and return the pages that may leave now.

        Each accounts for a span; one that is known to hold no more rows leaves as an empty page.
        """
        ...

    def fail(self, ask: Ask) -> list["Page"]:
        """Leave out what one request asked for, since it failed for good; go on with the rest."""
        ...


_LONGEST_ID = 40
_leading_id = re.compile(
    rb'\{[ \t\n\r]*"id"[ \t\n\r]*:[ \t\n\r]*(0|[1-9][0-9]{0,17})[ \t\n\r]*[,}]'
).match


_WEIGHT_OF_A_ROW = 80
"""Bytes that Python keeps for a row besides its own: the object, its id, its places in the page."""


class Page(Sequence[JSONObject]):
    """One answer's rows, kept as Coupa's own bytes until somebody looks at one.

    A sequence of JSON objects, at most 50 (doc 0014). `len(page)` and `page.raw` look into no row,
    `page.ids` for the id alone; indexing and iterating decode the rows they touch, afresh each time.

    `span` is what the page accounts for: no other row of it is to come.
    """

    __slots__ = ("_ids", "_rows", "span")

    def __init__(
        self,
        rows: Sequence[bytes],
        ids: Sequence[int | None] | None = None,
        span: Span = (None, None),
    ) -> None:
        """Take the rows' JSON texts, and their ids and span where they are known already."""
        self._rows = tuple(rows)
        self._ids = None if ids is None else tuple(ids)
        self.span = span

    @property
    def raw(self) -> tuple[bytes, ...]:
        """The JSON text of each row, byte for byte as Coupa sent it."""
        return self._rows

    @property
    def ids(self) -> tuple[int | None, ...]:
        """The id of each row; None where a row has none or one that is no whole number."""
        if self._ids is None:
            self._ids = tuple(map(_id_of, self.raw))
        return self._ids

    @property
    def body(self) -> bytes:
        """The rows as one JSON list."""
        return b"[%b]" % b",".join(self.raw)

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        return sum(map(len, self._rows)) + _WEIGHT_OF_A_ROW * len(self)

    def covering(self, span: Span) -> "Page":
        """Return the page as the account of a span."""
        return Page(self._rows, self._ids, span)

    def keep(self, positions: Sequence[int]) -> "Page":
        """Return a page of only the rows at these positions."""
        rows, ids = self.raw, self.ids
        return Page([rows[i] for i in positions], [ids[i] for i in positions], self.span)

    def without(self, name: str) -> "Page":
        """Return the page with one top-level attribute taken out of each row.

        Every other value keeps the bytes it came with; `ids` stay known.
        """
        import msgspec  # noqa: PLC0415  (see _decoded)

        rows = []
        for row in self.raw:
            parts = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
            parts.pop(name, None)
            rows.append(msgspec.json.encode(parts))
        return Page(rows, self.ids, self.span)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> JSONObject: ...

    @overload
    def __getitem__(self, index: slice) -> list[JSONObject]: ...

    def __getitem__(self, index: int | slice) -> JSONObject | list[JSONObject]:
        """Decode one row, or a list of them."""
        if isinstance(index, slice):
            return [_decoded(row) for row in self.raw[index]]
        row: JSONObject = _decoded(self.raw[index])
        return row

    def __iter__(self) -> Iterator[JSONObject]:
        """Decode row after row."""
        return map(_decoded, self.raw)

    def __eq__(self, other: object) -> bool:
        """Compare with another page or a list by the rows' values."""
        if isinstance(other, Page | list):
            return list(self) == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equal to lists, which have none

    def __repr__(self) -> str:
        """Show the size only: a row's content belongs in no log."""
        return f"<Page of {len(self)} rows>"


def _decoded(text: bytes) -> Any:  # noqa: ANN401  (JSON is any value)
    """Decode JSON; the standard library takes what msgspec does not: 1e400, half an emoji, a BOM."""
    import msgspec  # noqa: PLC0415  (with all that it loads, a tenth of what the package's import took)

    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


@cache
def _row_id() -> "msgspec.json.Decoder[Any]":
    import msgspec  # noqa: PLC0415  (as above)

    return msgspec.json.Decoder(msgspec.defstruct("Identified", [("id", Any, None)]))


def _id_of(row: bytes) -> int | None:
    """Read a row's id; some of Coupa's arrive as text (facts section 7: `payment-id: "776"`).

    Coupa writes the id first, so that the rest need not be read through to find it. Where a row names
    its id twice, which no JSON is to do (RFC 8259, 4), either may count.
    """
    if leading := _leading_id(row):
        return int(leading[1])
    try:
        value = _row_id().decode(row).id
    except ValueError:  # msgspec's errors are ValueErrors
        value = _decoded(row).get("id")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _LONGEST_ID:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class ScanReceipt:
    """What one scan did; JSON by `to_dict()`.

    `complete` is true once the scan reached its end, so that nothing that was asked for is missing
    (with `max_items`, once that many rows were handed over). Times are seconds: in `waited` of
    them at least one request waited for the rate limit; `backed_off` lie between a failed try and
    the next, summed over all requests.

    `duplicates` counts rows that came again under offset paging and were dropped, `drift` the places
    between two pages where rows had moved, so that some may be missing. `holes` are the spans that
    a scan which failed did not bring: ids above the first, up to the second, or offsets likewise.
    `invalid` counts rows that did not fit their type and were collected; `rows` does not.
    """

    resource: str
    paging: str
    rows: int = 0
    pages: int = 0
    requests: int = 0
    retries: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[int, int] = field(default_factory=dict)
    token_refreshes: int = 0
    waited: float = 0.0
    backed_off: float = 0.0
    elapsed: float = 0.0
    id_min: int | None = None
    id_max: int | None = None
    duplicates: int = 0
    drift: int = 0
    query: str = ""
    complete: bool = False
    holes: tuple[Span, ...] = ()
    invalid: int = 0

    def to_dict(self) -> JSONObject:
        """Return the receipt as a JSON-able dictionary; status codes become text keys."""
        return asdict(self) | {
            "retries": dict(self.retries),
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "holes": [list(hole) for hole in self.holes],
        }
