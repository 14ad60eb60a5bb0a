"""What a question will take, foretold from a count of its rows: its own plan, on rows that are made up.

Counting is left to `_census`, carrying plans out in thought to `_forecast`.
"""

from collections.abc import Sequence
from dataclasses import replace

from ._census import Count
from ._forecast import Course, MadeUp, Tempo, course, lying_like, some_of
from ._question import Question
from .types import Span

_MOST = 100_000
"""Rows that are made up; where there are more, fewer stand for them."""

_SPARE = 100
"""Rows made up beyond those that are wanted."""


def foretold(question: Question, count: Count, tempo: Tempo, *, weight: int) -> Course | None:
    """Carry a question's plan out in thought; None where nobody knows on how many rows.

    `weight` is what a row has in bytes.
    """
    most = question.max_items
    known = count.at_least if count.rows is None else count.rows
    if count.rows is None and (most is None or most > known):
        return None
    ids, scale = _made_up(question, count, known)
    spans = tuple(_shrunk(span, question, count, scale) for span in question.spans)
    thought = replace(question, spans=spans, max_items=most and max(1, most // scale))
    made_up = MadeUp(ids, cap=count.cap, weight=weight, spans=[p.span for p in thought.parts])
    took = course(thought.plan(), made_up.answer, tempo, thought.max_items).times(scale)
    return took if most is None else replace(took, rows=min(took.rows, most))


def _made_up(question: Question, count: Count, known: int) -> tuple[Sequence[int], int]:
    """Make up rows that lie as Coupa's do, and tell how many of those each stands for."""
    if count.listed:
        return some_of(count.listed, known), 1
    high = count.high
    if question.max_items is not None and len(question.spans) == 1:
        start = question.spans[0][0] or 0 if question.by == "offset" else 0
        wanted = min(known, start + question.max_items + _SPARE)
        high, known = count.low + (high - count.low) * wanted // max(1, known), wanted
    scale = -(-known // _MOST) or 1
    return lying_like(
        count.gaps, count.low, count.low + (high - count.low) // scale, round(known / scale)
    ), scale


def _shrunk(span: Span, question: Question, count: Count, scale: int) -> Span:
    """Place a span among the rows that are made up, which stand closer together than Coupa's."""
    origin = count.low if question.by == "id" else 0
    low, high = (
        place if place is None or scale == 1 else origin + (place - origin) // scale
        for place in span
    )
    return (low, high)
