"""Small questions whose answers tell how an instance reads queries; each survives every answer.

A probe returns what it found out, or the reason in words why it could not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from coupa_async_client.instance_profile import Unknown
from coupa_async_client.query import fields_text
from coupa_async_client.types import MAX_PAGE_SIZE

from .answers import Answer
from .instance import Instance

NO_ATTRIBUTE = "no-such-attribute"
_ID = ["id"]
_FEW = 10
_REFUSED = 400

Order = Literal["ascending", "descending", "mixed"]


@dataclass(frozen=True, slots=True)
class Why:
    """The reason why something is not known."""

    words: str


@dataclass(frozen=True, slots=True)
class Cap:
    """How many rows an answer holds at most, and what a larger `limit` does."""

    rows: int | None
    larger: Literal["capped", "obeyed", "refused"] | None


@dataclass(frozen=True, slots=True)
class FullPage:
    """A page as exports ask for it by default: whole objects."""

    rows: int
    size: int
    seconds: float


class Looks:
    """Looks at resources one after the other; whether a large `limit` is refused is learned once."""

    def __init__(self, instance: Instance) -> None:
        """Ask nothing yet."""
        self._instance = instance
        self.limit_refused = False

    def at(self, resource: str) -> Answer:
        """List a resource with one row more than Coupa documents, ids alone, in no order asked for."""
        if not self.limit_refused:
            answer = _ask(self._instance, resource, limit=MAX_PAGE_SIZE + 1, fields=_ID)
            if answer.status != _REFUSED:
                return answer
        smaller = _ask(self._instance, resource, limit=MAX_PAGE_SIZE, fields=_ID)
        self.limit_refused = self.limit_refused or smaller.ids is not None
        return smaller


class Subject:
    """The resource that is asked what Coupa's documentation leaves open; the more rows, the better."""

    def __init__(
        self, instance: Instance, resource: str, seen: Answer, *, limit_refused: bool
    ) -> None:
        """Take what was seen of the resource, and whether a `limit` above 50 was refused for it."""
        self._instance = instance
        self._resource = resource
        self._seen = seen
        self._limit_refused = limit_refused

    def cap(self) -> Cap | Why:
        """Tell whether the page that was seen is as long as pages get: whether a row follows it."""
        rows = len(self._seen.ids or ())
        if rows > MAX_PAGE_SIZE:
            return Cap(rows, "obeyed")
        larger: Literal["refused"] | None = "refused" if self._limit_refused else None
        answer = self._ask(limit=1, offset=rows, fields=_ID) if rows else self._seen
        if answer.ids:
            return Cap(rows, larger or "capped")
        if larger:
            return Cap(None, larger)
        return Why(answer.said or f"{self._resource} has only {rows} rows")

    def order(self) -> Order | Why:
        """Tell in which order of id the rows came that were asked for in none."""
        ids = _told(self._seen)
        if isinstance(ids, Why):
            return ids
        return "ascending" if _rising(ids) else "descending" if _falling(ids) else "mixed"

    def order_by(self) -> bool | Why:
        """Tell whether `order_by` and `dir` turn round the order that is there without them."""
        by_itself = self.order()
        if isinstance(by_itself, Why):
            return by_itself
        opposite = "asc" if by_itself == "descending" else "desc"
        ids = _told(self._ask(order_by="id", dir=opposite, limit=_FEW, fields=_ID))
        if isinstance(ids, Why):
            return ids
        return _rising(ids) if opposite == "asc" else _falling(ids)

    def fields(self) -> bool | Why:
        """Tell whether the rows came with nothing but what was asked for."""
        names = self._seen.names
        return names == set(_ID) if names else Why(f"{self._resource} is empty")

    def id_gt(self) -> bool | Why:
        """Tell whether `id[gt]` leaves out what it should, asked as paging by id asks."""
        ids = _told(self._seen)
        if isinstance(ids, Why):
            return ids
        # The second highest of the first: a list that ignores it would begin with another of them.
        place = {"id[gt]": sorted(ids[:_FEW])[-2]}
        answer = self._ask(**place, order_by="id", dir="asc", limit=_FEW, fields=_ID)
        if not answer.ids:
            return Why(answer.said or "no row came above one, where some are known")
        return all(each is not None and each > place["id[gt]"] for each in answer.ids)

    def unknown_filter(self) -> Unknown | Why:
        """Tell what a filter on no attribute does to a list that is not empty."""
        return self._unknown(**{NO_ATTRIBUTE: "x"}, limit=_FEW, fields=_ID)

    def unknown_field(self) -> Unknown | Why:
        """Tell what `fields` with a name that is no attribute does."""
        return self._unknown(limit=1, fields=[*_ID, NO_ATTRIBUTE])

    def full_page(self) -> FullPage | Why:
        """Ask for a page as an export does by default."""
        answer = self._ask(limit=MAX_PAGE_SIZE)
        if answer.ids is None:
            return Why(answer.said)
        return FullPage(len(answer.ids), answer.size, answer.seconds)

    def _unknown(self, **params: Any) -> Unknown | Why:  # noqa: ANN401  (query values)
        if not self._seen.ids:
            return Why(f"{self._resource} is empty")
        answer = self._ask(**params)
        if answer.status == _REFUSED:
            return "refused"
        if answer.ids is None:
            return Why(answer.said)
        return "ignored" if answer.ids else "empty"

    def _ask(self, **params: Any) -> Answer:  # noqa: ANN401  (query values)
        return _ask(self._instance, self._resource, **params)


def _ask(instance: Instance, resource: str, fields: Sequence[str] = (), **params: Any) -> Answer:  # noqa: ANN401  (query values)
    projection = {"fields": fields_text(fields)} if fields else {}
    return instance.ask(resource, {**params, **projection})


def _rising(ids: Sequence[int]) -> bool:
    return all(below < above for below, above in pairwise(ids))


def _falling(ids: Sequence[int]) -> bool:
    return all(above > below for above, below in pairwise(ids))


def _told(answer: Answer) -> tuple[int, ...] | Why:
    """Return ids that tell an order: two at least, and of every row."""
    if answer.ids is None:
        return Why(answer.said)
    ids = tuple(each for each in answer.ids if each is not None)
    if len(ids) < len(answer.ids):
        return Why("its rows have no ids")
    if len(ids) < 2:  # noqa: PLR2004
        return Why("it takes two rows to tell")
    return ids
