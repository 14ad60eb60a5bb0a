"""A question in parts, each with a plan of its own: which of them are under way.

Pure, like every plan. Cutting the question is left to `query`, the pages of a part to its plan.
"""

from collections.abc import Mapping
from dataclasses import replace

from .types import Ask, Page, Plan, Span

_HOPELESS = 3
"""Requests in a row that failed for good, whatever their parts, before the rest is not asked for."""


class InParts:
    """The plans of the parts, in their order, up to `at_once` of them under way.

    Parts share no row and no place, so the pages of each account for what is left of them all.
    """

    def __init__(self, plans: Mapping[int, Plan], *, at_once: int, most: int | None = None) -> None:
        """Take each part's plan by the part's number; stop after `most` rows, or at the end."""
        self._plans = dict(plans)
        self._at_once = at_once
        self._most = most
        self._rows = 0
        self._failures = 0

    @property
    def done(self) -> bool:
        """Tell whether every part is done."""
        return not self._plans

    def take(self, room: int) -> list[Ask]:
        """Ask what the first parts that are not done want to know, those in front first."""
        asks: list[Ask] = []
        for part in list(self._plans)[: self._at_once]:
            if len(asks) >= room:
                break
            wanted = self._plans[part].take(room - len(asks))
            asks += [replace(ask, part=part) for ask in wanted]
        return asks

    def feed(self, ask: Ask, page: Page) -> list[Page]:
        """Let the part's plan take the answer.

        Raises:
            CoupaShapeError: what the plan raises.
        """
        self._failures = 0
        plan = self._plans.get(ask.part)
        return [] if plan is None else self._left(ask.part, plan, plan.feed(ask, page))

    def fail(self, ask: Ask) -> list[Page]:
        """Leave out what failed for good, or the rest once too much has."""
        self._failures += 1
        if self._failures >= _HOPELESS:
            self._plans.clear()
        plan = self._plans.get(ask.part)
        return [] if plan is None else self._left(ask.part, plan, plan.fail(ask))

    def _left(self, part: int, plan: Plan, pages: list[Page]) -> list[Page]:
        """Count the rows that leave, and be done with a plan that is."""
        self._rows += sum(map(len, pages))
        if plan.done:
            del self._plans[part]
        if self._most is not None and self._rows >= self._most:
            self._plans.clear()
        return pages


def shared(spans: tuple[Span, ...], part: Span) -> tuple[Span, ...]:
    """Return what spans of ids share with that of a part; a span without any id is none."""
    return tuple(span for each in spans if _holds_any(span := _both(each, part)))


def _both(one: Span, other: Span) -> Span:
    (after, upto), (from_, to) = one, other
    low = after if from_ is None else from_ if after is None else max(after, from_)
    high = upto if to is None else to if upto is None else min(upto, to)
    return (low, high)


def _holds_any(span: Span) -> bool:
    after, upto = span
    return after is None or upto is None or after < upto
