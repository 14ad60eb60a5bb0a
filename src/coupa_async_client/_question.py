"""One question to one resource: checked before anything is sent, and the plan that answers it.

Pure, like everything it is made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ._ledger import joined
from ._settings import Settings, whole
from ._settings import page_size as checked_page_size
from .errors import CoupaConfigError
from .query import (
    Part,
    fields_text,
    fingerprint,
    hyphenated,
    names_order,
    plain,
    query_string,
    resource_path,
    split,
    with_id,
)
from .types import Ask, Checkpoint, Fields, OnError, Paging, Params, Plan, Request, Span

HEADERS = {"Accept": "application/json", "User-Agent": "coupa-async-client"}
"""Every call must carry Accept; without it Coupa answers XML (facts section 0)."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question to one resource; built by `question`.

    `params` name it, `parts` are what is sent: one, unless a list of ids is too long for that.
    """

    resource: str
    url: str
    params: Params
    parts: tuple[Part, ...]
    paging: Literal["ranges", "keyset", "offset"]
    spans: tuple[Span, ...]
    page_size: int
    concurrent: int
    read_ahead: int
    hides_id: bool = False
    until_empty: bool = True
    max_items: int | None = None
    on_error: OnError = "raise"

    @property
    def by(self) -> Literal["id", "offset"]:
        """Tell what its spans count."""
        return "offset" if self.paging == "offset" else "id"

    @property
    def name(self) -> str:
        """Name the question apart from how it is paged and how far it has come."""
        return fingerprint(self.resource, self.params)

    def checkpoint(self, left: tuple[Span, ...]) -> dict[str, Any]:
        """Spell what is left of the question as plain JSON."""
        spans = [list(span) for span in left]
        return {"version": _VERSION, "query": self.name, "by": self.by, "left": spans}

    def in_words(self, span: Span) -> str:
        """Say which rows a span holds."""
        after, upto = span
        if self.by == "offset":
            return f"offsets from {after or 0}" + ("" if upto is None else f" to {upto - 1}")
        if after is None and upto is None:
            return "all ids"
        low = "" if after is None else f" above {after}"
        return f"ids{low}" + ("" if upto is None else f" up to {upto}")

    def request(self, ask: Ask) -> Request:
        """Spell the request for one page."""
        params = {**self.parts[ask.part].params, **ask.params}
        url = f"{self.url}?{query_string(params)}"
        return Request("GET", url, HEADERS, resource=self.resource)

    def plan(self) -> Plan:
        """Make the plan that pages through the answer."""
        if self.paging == "offset":
            from ._offsets import OffsetWindow  # noqa: PLC0415  (see _assembly.py)

            return OffsetWindow(
                limit=self._limit,
                read_ahead=self.read_ahead,
                spans=self.spans,
                until_empty=self.until_empty,
                most=self.max_items,
            )
        slots = self.concurrent if self.paging == "ranges" and self.max_items is None else 1
        if len(self.parts) == 1:
            return self._ranges(self.spans, slots)
        from ._parts import InParts, shared  # noqa: PLC0415  (see _assembly.py)

        spans = {number: shared(self.spans, part.span) for number, part in enumerate(self.parts)}
        slots_each = -(-slots // len(self.parts))
        plans = {number: self._ranges(own, slots_each) for number, own in spans.items() if own}
        return InParts(plans, at_once=slots, most=self.max_items)

    def _ranges(self, spans: tuple[Span, ...], slots: int) -> Plan:
        from ._ranges import IdRanges  # noqa: PLC0415  (see _assembly.py)

        return IdRanges(limit=self._limit, slots=slots, spans=spans, most=self.max_items)

    @property
    def _limit(self) -> int:
        return min(self.page_size, self.max_items or self.page_size)


def question(
    settings: Settings,
    resource: str,
    params: Params | None = None,
    fields: Fields | None = None,
    *,
    paging: Paging = "auto",
    page_size: int | None = None,
    concurrent: int | None = None,
    max_items: int | None = None,
    on_error: OnError = "raise",
    resume: Checkpoint | None = None,
    offset_start: int = 0,
    offset_end: int | None = None,
    until_empty: bool = True,
) -> Question:
    """Check a question and settle how it is paged.

    `limit`, `offset` and `fields` among the params count as page size, start and projection.

    Raises:
        CoupaConfigError: names the argument, its value and the remedy.
    """
    asked, fields = _without_fields(params, fields)
    _check_choices(on_error, resume)
    if not until_empty and offset_end is None:
        msg = "until_empty=False needs an offset_end: without it the sweep would never end"
        raise CoupaConfigError(msg)
    against_ids = settings.profile.against_ids if settings.profile else ""
    chosen = _paging(paging, asked, max_items, resume, against_ids)
    size = _number("limit", asked.pop("limit", None), at_least=1)
    offset = _number("offset", asked.pop("offset", None), at_least=0)
    if chosen == "offset":
        first: Span = (
            whole("offset_start", offset_start if offset is None else offset, at_least=0),
            None if offset_end is None else whole("offset_end", offset_end, at_least=0),
        )
    else:
        first = (_number("id[gt]", asked.pop("id[gt]", None)), None)
    projection, hides_id = with_id(fields_text(fields))
    if projection is not None:
        asked["fields"] = projection
    checked = Question(
        resource=resource,
        url=f"{settings.base_url}/{resource_path(resource)}",
        params=asked,
        parts=_parts(asked, chosen),
        paging=chosen,
        spans=(first,),
        page_size=_page_size(size if page_size is None else page_size, settings),
        concurrent=whole(
            "concurrent", settings.concurrent if concurrent is None else concurrent, at_least=1
        ),
        read_ahead=settings.read_ahead,
        hides_id=hides_id,
        until_empty=until_empty,
        max_items=None if max_items is None else whole("max_items", max_items, at_least=1),
        on_error=on_error,
    )
    return checked if resume is None else replace(checked, spans=_left_of(resume, checked))


def _without_fields(
    params: Params | None, fields: Fields | None
) -> tuple[dict[str, object], Fields | None]:
    """Take `fields` out of the params, where it may have been given too."""
    asked = plain(params)
    if "fields" not in asked:
        return asked, fields
    if fields:
        msg = "fields is given twice, as an argument and among params; give it once"
        raise CoupaConfigError(msg)
    among = asked.pop("fields")
    return asked, among if isinstance(among, str | list | tuple) else str(among)


def _paging(
    paging: Paging,
    params: Params,
    max_items: int | None,
    resume: Checkpoint | None,
    against_ids: str,
) -> Literal["ranges", "keyset", "offset"]:
    if paging not in ("auto", "keyset", "offset"):
        msg = f'paging is {paging!r}; it is one of "auto", "keyset" and "offset"'
        raise CoupaConfigError(msg)
    ordered = names_order(params)
    if paging == "keyset" and ordered:
        named = [key for key in params if hyphenated(key) in ("order-by", "dir", "offset")]
        msg = f'paging="keyset" fixes order and place itself; leave out {named}, or use "offset"'
        raise CoupaConfigError(msg)
    if paging == "keyset" and against_ids:
        msg = f'paging="keyset" cannot work on this instance, by its profile: {against_ids}; use "offset"'
        raise CoupaConfigError(msg)
    if paging != "auto":
        return paging
    if against_ids or ordered or (resume is not None and resume.get("by") == "offset"):
        return "offset"
    return "ranges" if max_items is None else "keyset"


def _parts(params: Params, paging: str) -> tuple[Part, ...]:
    """Cut a list of ids that is too long for one request, where its parts can be asked in any order.

    Lists of other attributes stay whole: a row that changes from one listed value to another between
    two parts would come twice, or not at all.

    Raises:
        CoupaConfigError: the question stays whole, and is longer than servers take.
    """
    if paging != "offset" and any(hyphenated(key) == "id[in]" for key in params):
        parts = split(params)
        if len(parts) > 1 and parts[0].span != (None, None):
            return parts
    query_string(params)
    return (Part(params),)


def _left_of(resume: Checkpoint, question: Question) -> tuple[Span, ...]:
    """Read what a checkpoint or the holes of an error leave to be done, or those of several runs.

    Raises:
        CoupaConfigError: it belongs to another question or way of paging, or names no spans.
    """
    if resume.get("query") != question.name or resume.get("by") != question.by:
        msg = (
            f"resume belongs to another question ({resume.get('query')}, by {resume.get('by')}) than "
            f"this one of {question.resource!r} ({question.name}, by {question.by}); ask the same "
            "resource with the same params, fields and paging"
        )
        raise CoupaConfigError(msg)
    try:
        return joined((_place(after), _place(upto)) for after, upto in resume["left"])
    except (TypeError, ValueError, KeyError):
        msg = f"resume names no spans under 'left': {resume.get('left')!r}"
        raise CoupaConfigError(msg) from None


def _check_choices(on_error: str, resume: object) -> None:
    if on_error not in ("raise", "finish"):
        msg = f'on_error is {on_error!r}; it is "raise" or "finish"'
        raise CoupaConfigError(msg)
    if resume is not None and not _is_checkpoint(resume):
        msg = f"resume is {resume!r}; give a scan's checkpoint, or the holes of an IncompleteScanError"
        raise CoupaConfigError(msg)


def _is_checkpoint(resume: object) -> bool:
    return isinstance(resume, Mapping) and resume.get("version") == _VERSION


def _place(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise TypeError(value)


def _number(name: str, value: object, *, at_least: int | None = None) -> int | None:
    if value is None:
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = None
    if number is None or (at_least is not None and number < at_least):
        bound = "" if at_least is None else f" of at least {at_least}"
        msg = f"params[{name!r}] is {value!r}; give a whole number{bound}"
        raise CoupaConfigError(msg)
    return number


def _page_size(asked: int | None, settings: Settings) -> int:
    return settings.page_size if asked is None else checked_page_size("page_size", asked)
