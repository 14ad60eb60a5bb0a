"""What a question will bring and cost: a few pages are looked at, and its plan carried out in thought.

Which pages is left to `_census`, what follows from them to `_foretelling`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ._answers import read_page
from ._census import Census, Certainty, Count, Counting, ListCensus
from ._engine import Engine
from ._forecast import Tempo
from ._foretelling import foretold
from ._parts import shared
from ._question import HEADERS, Question
from ._trail import Tally
from .description.scopes import scopes_of
from .explanation import Explanation
from .query import columns_of, hyphenated, query_string
from .types import Ask, Page, Request, Response


@dataclass(frozen=True, slots=True)
class _Look:
    page: Page
    elapsed: float

    @property
    def weight(self) -> int:
        return sum(len(row) + 1 for row in self.page.raw)


async def explained(engine: Engine, question: Question) -> Explanation:
    """Look at three pages at most, and tell what the scan of a question will bring and cost.

    Raises:
        CoupaClientError: as a scan that begins.
    """
    counting = _counting(question)
    looks: list[_Look] = []
    while (ask := counting.next()) is not None:
        looks.append(await _look(engine, question, ask, full=not looks))
        counting.feed(looks[-1].page)
        if "fields" in question.params and counting.next() is None and _shows_one_side(looks):
            looks.append(await _look(engine, question, ask, full=False))
    governor, now = engine.outlook()
    tempo = Tempo(question.concurrent, _latency(looks), governor, now)
    return _told(question, counting.count, looks, tempo)


def _shows_one_side(looks: Sequence[_Look]) -> bool:
    """Tell whether rows have been seen in full alone."""
    return len(looks) == 1 and bool(looks[0].page)


def _counting(question: Question) -> Counting:
    if not question.spans:
        return ListCensus({})
    if len(question.parts) > 1:
        return ListCensus(
            {number: _listed(question, number) for number in range(len(question.parts))}
        )
    if question.by == "offset":
        return Census()
    below = str(question.params.get("id[lt]", ""))
    hull = (question.spans[0][0], question.spans[-1][1])
    return Census(hull, int(below) if below.isdecimal() else None)


def _listed(question: Question, number: int) -> list[int]:
    """Return the ids that a part lists and the spans of the question hold, ascending."""
    part = question.parts[number]
    spans = shared(question.spans, part.span)
    ids = sorted({int(each) for each in str(part.params["id[in]"]).split(",")})
    return [
        id_
        for id_ in ids
        if any((a is None or a < id_) and (b is None or id_ <= b) for a, b in spans)
    ]


async def _look(engine: Engine, question: Question, ask: Ask, *, full: bool) -> _Look:
    """Ask for one page; in full, whatever the projection, to see what that saves."""
    left_out = {"order-by", "dir", "offset", "limit", *(["fields"] if full else [])}
    kept = {
        key: value
        for key, value in question.parts[ask.part].params.items()
        if hyphenated(key) not in left_out
    }
    url = f"{question.url}?{query_string({**kept, **ask.params})}"

    def read(request: Request, response: Response) -> _Look:
        return _Look(read_page(request, response), response.elapsed)

    return await engine.fetch(
        Request("GET", url, HEADERS, resource=question.resource), read, Tally()
    )


def _told(question: Question, count: Count, looks: Sequence[_Look], tempo: Tempo) -> Explanation:
    projected = "fields" in question.params
    asked = [look for look in (looks[1:] if projected else looks) if look.page]
    row_bytes = _row_bytes(asked)
    full_row_bytes = _row_bytes(looks[:1]) if projected else row_bytes
    took = foretold(question, count, tempo, weight=round(row_bytes))
    rows = None if took is None else took.rows
    certainty, why = _how_well(question, count, rows)
    at_least, at_most = _between(question, count, rows if certainty == "exact" else None)
    first = question.plan().take(1) if question.spans else []
    return Explanation(
        resource=question.resource,
        paging=question.paging,
        order=_order(question),
        rows=rows,
        certainty=certainty,
        at_least=at_least,
        at_most=at_most,
        why=why,
        requests=None if took is None else took.requests,
        seconds=None if took is None else round(took.seconds, 2),
        rate=tempo.rate,
        at_once=tempo.at_once,
        concurrent=1 if question.paging == "keyset" else question.concurrent,
        page_size=min(question.page_size, question.max_items or question.page_size),
        latency=round(tempo.latency, 4),
        bytes_asked=None if rows is None else round(rows * row_bytes),
        bytes_full=None if rows is None else round(rows * full_row_bytes),
        row_bytes=round(row_bytes, 1),
        full_row_bytes=round(full_row_bytes, 1),
        measured=sum(len(look.page) for look in asked),
        attributes=_attributes(question),
        scopes=scopes_of(question.resource).read,
        parts=len(question.parts),
        bounds=_bounds(question),
        curl=_curl(question.request(first[0])) if first else "",
        looks=len(looks),
    )


def _how_well(question: Question, count: Count, rows: int | None) -> tuple[Certainty, str]:
    """Tell how well the number of rows is known, and why not better."""
    if rows is not None and rows == question.max_items and count.at_least >= rows:
        return "exact", ""
    if len(question.spans) > 1 and question.by == "id" and rows and not count.listed:
        spread = f"spread over {len(question.spans)} spans by how close ids lie"
        return "rough", count.why or spread
    return count.certainty, count.why


def _between(question: Question, count: Count, exactly: int | None) -> tuple[int, int | None]:
    """Tell the fewest and the most rows that there may be; what was counted may hold more of them."""
    if exactly is not None:
        return exactly, exactly
    skipped = question.spans[0][0] or 0 if question.by == "offset" else 0
    open_ended = question.by == "id" or question.spans[0][1] is None
    at_least = count.at_least - skipped if len(question.spans) == 1 and open_ended else 0
    bounds = [count.at_most, question.max_items]
    at_most = min((bound for bound in bounds if bound is not None), default=None)
    return max(0, at_least if at_most is None else min(at_least, at_most)), at_most


def _latency(looks: Sequence[_Look]) -> float:
    """Take the mean of all but the first, which is in full and may have had to connect."""
    later = [look.elapsed for look in looks[1:] or looks]
    return sum(later) / len(later) if later else 0.0


def _row_bytes(looks: Sequence[_Look]) -> float:
    rows = sum(len(look.page) for look in looks)
    return sum(look.weight for look in looks) / rows if rows else 0.0


def _order(question: Question) -> str:
    if question.paging == "ranges":
        return f"none: up to {question.concurrent} spans of ids are read at once"
    if question.paging == "keyset":
        return "id, ascending"
    named = {hyphenated(key): str(value) for key, value in question.params.items()}
    asked = " ".join(filter(None, (named.get("order-by"), named.get("dir"))))
    return asked or "Coupa's own"


def _attributes(question: Question) -> tuple[str, ...]:
    fields = question.params.get("fields")
    paths = columns_of(str(fields)) if fields else []
    return tuple(".".join(path) for path in paths if not (question.hides_id and path == ("id",)))


def _bounds(question: Question) -> tuple[str, ...]:
    bounds = [] if question.max_items is None else [f"max_items={question.max_items}"]
    if question.spans not in (((None, None),), ((0, None),)):
        bounds += [question.in_words(span) for span in question.spans] or ["nothing is left"]
    return tuple(bounds)


def _curl(request: Request) -> str:
    """Spell a request for a shell; what may stand in its URL is encoded, a quote too."""
    return (
        f"curl -sS -H 'Accept: {request.headers['Accept']}' "
        f"-H \"Authorization: Bearer $COUPA_TOKEN\" '{request.url}'"
    )
