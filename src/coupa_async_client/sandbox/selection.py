"""Finds the page of rows that a query asks for, and keeps what it found while rows change.

Conditions on `id` become bounds, so keyset paging never scans from the start. The other
conditions are answered from a sorted selection that is kept for the last few distinct filters.
"""

from array import array
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from math import ceil, floor, inf
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from coupa_async_client.sandbox.grammar import Condition, Order, Query
from coupa_async_client.sandbox.ids import Ids
from coupa_async_client.sandbox.matching import Reader, matcher
from coupa_async_client.sandbox.values import sort_key

SELECTIONS_KEPT: Final = 16
SCANNED_DIRECTLY: Final = 500
"""Rows between id bounds that are cheaper to look at than to select for once and for all."""
_FAR: Final = 2**64

Conditions: TypeAlias = tuple[Condition, ...]
Test: TypeAlias = Callable[[Reader], bool]
_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")


class _Sliced(Protocol):
    """Row ids in some order, by place."""

    def __len__(self) -> int: ...
    def slice(self, start: int, stop: int, /) -> list[int]: ...


class _Ranked(_Sliced, Protocol):
    """Row ids in id order."""

    def rank(self, row_id: int, /) -> int: ...


class _ById:
    """The ids that pass a test, ascending."""

    def __init__(self, test: Test, ids: Iterable[int], reader: Callable[[int], Reader]) -> None:
        self._test = test
        self._ids = array("q", (row_id for row_id in ids if test(reader(row_id))))

    def __len__(self) -> int:
        return len(self._ids)

    def rank(self, row_id: int) -> int:
        return bisect_left(self._ids, row_id)

    def slice(self, start: int, stop: int) -> list[int]:
        return self._ids[start:stop].tolist()

    def move(self, row_id: int, before: Reader | None, after: Reader | None) -> None:
        was = before is not None and self._test(before)
        belongs = after is not None and self._test(after)
        if was and not belongs:
            del self._ids[self.rank(row_id)]
        elif belongs and not was:
            self._ids.insert(self.rank(row_id), row_id)


class _ByAttribute:
    """The ids that pass a test, ordered by an attribute; ties by id."""

    def __init__(
        self, test: Test, order: Order, ids: Iterable[int], reader: Callable[[int], Reader]
    ) -> None:
        self._test = test
        self._name = order.name
        self._key = sort_key(order.kind)
        readers = ((row_id, reader(row_id)) for row_id in ids)
        self._entries = sorted(self._entry(each, read) for each, read in readers if test(read))

    def __len__(self) -> int:
        return len(self._entries)

    def slice(self, start: int, stop: int) -> list[int]:
        return [row_id for _, row_id in self._entries[start:stop]]

    def move(self, row_id: int, before: Reader | None, after: Reader | None) -> None:
        if before is not None and self._test(before):
            del self._entries[bisect_left(self._entries, self._entry(row_id, before))]
        if after is not None and self._test(after):
            insort(self._entries, self._entry(row_id, after))

    def _entry(self, row_id: int, read: Reader) -> tuple[tuple[Any, ...], int]:
        return self._key(read(self._name)), row_id


class Selections:
    """The rows of one table through filters; told of every change to a row."""

    def __init__(self, ids: Ids, reader: Callable[[int], Reader]) -> None:
        """Select among `ids`, reading rows with `reader`."""
        self._ids = ids
        self._reader = reader
        self._by_id: OrderedDict[Conditions, _ById] = OrderedDict()
        self._by_attribute: OrderedDict[tuple[Conditions, Order], _ByAttribute] = OrderedDict()

    def page(self, query: Query) -> list[int]:
        """Return the ids of the page, in the order asked for."""
        if query.nothing:
            return []
        if query.order is not None:
            ordered = self._ordered(query.conditions, query.order)
            return _window(ordered, 0, len(ordered), query)
        low, high, others = _id_bounds(query.conditions)
        first, after = _span(self._ids, low, high)
        if not others:
            return _window(self._ids, first, after, query)
        if after - first <= SCANNED_DIRECTLY:
            few = _ById(matcher(others), self._ids.slice(first, after), self._reader)
            return _window(few, 0, len(few), query)
        selection = self._selected(others)
        return _window(selection, *_span(selection, low, high), query)

    def every(self, query: Query) -> Iterator[int]:
        """Yield the ids of all rows that meet the conditions, ascending."""
        if not query.nothing:
            test = matcher(query.conditions)
            yield from (row_id for row_id in self._all() if test(self._reader(row_id)))

    def changed(self, row_id: int, before: Reader | None, after: Reader | None) -> None:
        """Move a row to where it now belongs; None means that it was not or is no longer there."""
        for by_id in self._by_id.values():
            by_id.move(row_id, before, after)
        for by_attribute in self._by_attribute.values():
            by_attribute.move(row_id, before, after)

    def _selected(self, conditions: Conditions) -> _ById:
        return _recent(
            self._by_id, conditions, lambda: _ById(matcher(conditions), self._all(), self._reader)
        )

    def _ordered(self, conditions: Conditions, order: Order) -> _ByAttribute:
        return _recent(
            self._by_attribute,
            (conditions, order),
            lambda: _ByAttribute(matcher(conditions), order, self._all(), self._reader),
        )

    def _all(self) -> list[int]:
        return self._ids.slice(0, len(self._ids))


def _recent(kept: OrderedDict[_Key, _Kept], wanted: _Key, make: Callable[[], _Kept]) -> _Kept:
    if wanted not in kept:
        kept[wanted] = make()
        if len(kept) > SELECTIONS_KEPT:
            kept.popitem(last=False)
    kept.move_to_end(wanted)
    return kept[wanted]


def _id_bounds(conditions: Conditions) -> tuple[float, float, Conditions]:
    low, high = -inf, inf
    others: list[Condition] = []
    for each in conditions:
        numbers = [_near(part) for part in each.operands if isinstance(part, int | Decimal)]
        if each.path != ("id",) or each.kind != "id" or len(numbers) != len(each.operands):
            others.append(each)
            continue
        match each.operator:
            case "gt":
                low = max(low, floor(numbers[0]) + 1)
            case "gt_or_eq":
                low = max(low, ceil(numbers[0]))
            case "lt":
                high = min(high, ceil(numbers[0]) - 1)
            case "lt_or_eq":
                high = min(high, floor(numbers[0]))
            case "eq" | "in":
                low = max(low, ceil(min(numbers)))
                high = min(high, floor(max(numbers)))
                others += [each] * (len(numbers) > 1)
            case _:
                others.append(each)
    return low, high, tuple(others)


def _near(number: int | Decimal) -> int | Decimal:
    # Rounding 1e999999999 to an integer would take forever.
    return max(-_FAR, min(number, _FAR))


def _span(places: _Ranked, low: float, high: float) -> tuple[int, int]:
    first = 0 if low == -inf else places.rank(int(low))
    after = len(places) if high == inf else places.rank(int(high) + 1)
    return first, max(first, after)


def _window(places: _Sliced, first: int, after: int, query: Query) -> list[int]:
    if query.descending:
        stop = max(first, after - query.offset)
        return places.slice(max(first, stop - query.limit), stop)[::-1]
    start = min(first + query.offset, after)
    return places.slice(start, min(start + query.limit, after))
