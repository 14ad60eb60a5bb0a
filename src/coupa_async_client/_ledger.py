"""What of a scan has not been handed over yet, as spans: the holes, the checkpoint, the resume token."""

from collections.abc import Iterable

from .types import Span

_LOWEST = float("-inf")
_HIGHEST = float("inf")


class Ledger:
    """Disjoint spans that shrink as pages that account for parts of them are handed over."""

    def __init__(self, spans: Iterable[Span] = ((None, None),)) -> None:
        """Start with everything still to come."""
        self._left = sorted((low, high) for low, high in map(_bounds, spans) if low < high)

    @property
    def left(self) -> tuple[Span, ...]:
        """The spans that are still to come, ascending."""
        return tuple(map(_span, self._left))

    def settle(self, span: Span) -> None:
        """Take a span out; what of it was taken out before stays so."""
        low, high = _bounds(span)
        if low >= high:
            return
        left = []
        for after, upto in self._left:
            if upto <= low or high <= after:
                left.append((after, upto))
                continue
            left += [(a, b) for a, b in ((after, low), (high, upto)) if a < b]
        self._left = left


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the disjoint spans, ascending, that together hold what any of these holds."""
    others, these = Ledger(), Ledger()
    for span in spans:
        others.settle(span)
    for span in others.left:
        these.settle(span)
    return these.left


def _bounds(span: Span) -> tuple[float, float]:
    after, upto = span
    return (_LOWEST if after is None else after, _HIGHEST if upto is None else upto)


def _span(bounds: tuple[float, float]) -> Span:
    after, upto = bounds
    return (None if after == _LOWEST else int(after), None if upto == _HIGHEST else int(upto))
