"""What the probes' answers mean for whoever reads this instance: a line each, with the remedy. Pure."""

import math
from collections.abc import Sequence

from coupa_async_client.instance_profile import Unknown
from coupa_async_client.types import MAX_PAGE_SIZE

from .answers import Answer
from .findings import Finding, Verdict
from .probes import Cap, FullPage, Order, Why
from .watched import NOT_ASKED, Exchange

_SAVED = "give the client these facts: coupa doctor --save FILE, then profile=FILE"
_SLOW = 5.0
_FEWEST, _MOST, _MARGIN = 16, 64, 2.0
"""Requests in flight that are worth suggesting; a busy instance answers more slowly than a quiet one."""

_REFUSED, _FORBIDDEN, _THROTTLED, _SERVER_FAILS = 401, 403, 429, 500
_LATER = "try again later; if it stays so, ask Coupa's support"
_READING = {
    200: "check that base_url is the API's, ending in /api",
    400: "ask for it with coupa get, which shows what Coupa says",
    401: "let the client use the API in Coupa; check that base_url and token_url belong together",
    403: "give the client a scope and the permission for it in Coupa",
    404: "check the spelling, as coupa resources has it, and that base_url ends in /api",
}


def of_reading(resource: str, answer: Answer, scopes: Sequence[str], *, named: bool) -> Finding:
    """Say whether a resource can be read; `scopes` are those of which it lacks one, if any."""
    check = f"read {resource}"
    if answer.ids is not None:
        rows = len(answer.ids)
        came = "empty" if not rows else "1 row" if rows == 1 else f"{rows} rows in a first page"
        return Finding(check, "ok", f"readable, {came}")
    if answer.said.startswith(NOT_ASKED):
        return Finding(check, "unknown", answer.said)
    remedy = _READING.get(answer.status or 0, _LATER)
    if answer.status == _FORBIDDEN and scopes:
        remedy = (
            f"give the client the scope {' or '.join(scopes)} in Coupa, and name it in COUPA_SCOPES"
        )
    worst: Verdict = "fail" if named or answer.status == _REFUSED else "warn"
    return Finding(check, worst, answer.said, remedy)


def of_cap(cap: Cap | Why) -> Finding:
    """Say how long pages are, against the 50 rows of doc 0014."""
    check = "page size"
    if isinstance(cap, Why):
        return Finding(check, "unknown", cap.words)
    if cap.rows is None:
        return Finding(check, "ok", f"a limit above {MAX_PAGE_SIZE} is refused (400)")
    if cap.larger == "obeyed":
        seen = f"not capped at {MAX_PAGE_SIZE}: {cap.rows} rows came when {cap.rows} were asked for"
        remedy = f"none is needed here, where no more than {MAX_PAGE_SIZE} are asked for"
        return Finding(check, "warn", seen, remedy)
    how = "a larger limit is refused (400)" if cap.larger == "refused" else "a larger limit is cut"
    if cap.rows == MAX_PAGE_SIZE:
        return Finding(check, "ok", f"{cap.rows} rows; {how}")
    seen = f"{cap.rows} rows, where Coupa documents {MAX_PAGE_SIZE}; {how}"
    return Finding(check, "warn", seen, f"{_SAVED}, or --page-size {cap.rows}")


def of_order(order: Order | Why, *, sorted_by_id: bool | None) -> Finding:
    """Say in which order lists come by themselves: by doc 0009, the first page begins with id 1."""
    check = "order"
    if isinstance(order, Why):
        return Finding(check, "unknown", order.words)
    if order == "ascending":
        return Finding(check, "ok", "by ascending id, where none is asked for")
    seen = f"by {'descending id' if order == 'descending' else 'no order of id'}, where none is asked for"
    if sorted_by_id:
        return Finding(check, "warn", seen, "name order_by=id with dir=asc wherever it matters")
    return Finding(check, "fail", f"{seen}, and order_by is of no help", _SAVED)


def of_order_by(found: bool | Why) -> Finding:
    """Say whether `order_by` and `dir` are obeyed."""
    if isinstance(found, Why):
        return Finding("order_by", "unknown", found.words)
    if found:
        return Finding("order_by", "ok", "obeyed, with dir")
    remedy = "sort after reading; scans need no order_by where ids ascend by themselves"
    return Finding("order_by", "warn", "ignored", remedy)


def of_fields(found: bool | Why) -> Finding:
    """Say whether `fields` cuts rows down to what is asked for (doc 0008)."""
    if isinstance(found, Why):
        return Finding("fields", "unknown", found.words)
    if found:
        return Finding("fields", "ok", "obeyed")
    remedy = "expect whole objects, many times the bytes; look for a default API filter in Coupa"
    return Finding("fields", "warn", "ignored", remedy)


def of_id_gt(found: bool | Why) -> Finding:
    """Say whether pages can be asked for from an id on."""
    if isinstance(found, Why):
        return Finding("id[gt]", "unknown", found.words)
    if found:
        return Finding("id[gt]", "ok", "obeyed")
    return Finding(
        "id[gt]", "fail", "ignored, so scans cannot page by id", f"{_SAVED}; or paging=offset"
    )


def of_unknown_filter(found: Unknown | Why) -> Finding:
    """Say what a misspelt filter does."""
    check = "unknown filter"
    if isinstance(found, Why):
        return Finding(check, "unknown", found.words)
    if found == "refused":
        return Finding(check, "ok", "refused (400)")
    seen = "ignored: a misspelt one lists everything"
    if found == "empty":
        seen = "an empty list: a misspelt one looks as if nothing matched"
    return Finding(check, "warn", seen, "check names first: coupa describe RESOURCE")


def of_unknown_field(found: Unknown | Why) -> Finding:
    """Say what a misspelt name in `fields` does."""
    check = "unknown field"
    if isinstance(found, Why):
        return Finding(check, "unknown", found.words)
    if found == "empty":
        return Finding(check, "warn", "no rows come", "check names first: coupa describe RESOURCE")
    seen = "refused (400)" if found == "refused" else "left out in silence"
    return Finding(check, "ok", seen)


def of_new_token(exchanges: Sequence[Exchange], granted_at: float) -> Finding:
    """Say whether a token works at once; Coupa asks for 5 s before its first use (doc 0018)."""
    check = "new token"
    refused = 0
    for exchange in exchanges:
        if exchange.status != _REFUSED:
            break
        refused += 1
    else:
        return Finding(check, "unknown", "nothing but 401 came" if refused else "it was not used")
    if not refused:
        return Finding(check, "ok", "works at once")
    seen = f"refused at first (401), taken {exchange.at - granted_at:.0f} s after it was granted"
    remedy = "share tokens between short runs: token_cache, or COUPA_TOKEN_CACHE"
    return Finding(check, "warn", seen, remedy)


def of_throttling(exchanges: Sequence[Exchange]) -> Finding:
    """Say whether requests were refused by the rate limit, few as they were, and how."""
    check = "throttling"
    refused = [each for each in exchanges if each.status == _THROTTLED]
    if not refused:
        return Finding(check, "ok", f"none of {len(exchanges)} answers was a 429")
    kind = "with" if any(each.patience for each in refused) else "without"
    seen = f"{len(refused)} of {len(exchanges)} answers were 429, {kind} Retry-After"
    remedy = "others draw on the limit: lower --rate, or let your processes share a --budget"
    return Finding(check, "warn", seen, remedy)


def of_server_errors(exchanges: Sequence[Exchange]) -> Finding:
    """Say how many answers were 5xx; each was asked for once more."""
    check = "server errors"
    failed = [str(each.status) for each in exchanges if each.status >= _SERVER_FAILS]
    if not failed:
        return Finding(check, "ok", f"none of {len(exchanges)} answers was a 5xx")
    seen = f"{len(failed)} of {len(exchanges)} answers: {', '.join(sorted(set(failed)))}"
    return Finding(check, "warn", seen, "scans try again; if it stays so, ask Coupa's support")


def patience(exchanges: Sequence[Exchange]) -> bool | None:
    """Tell whether a 429 says how long to wait; unknown where none was met."""
    refused = [each.patience for each in exchanges if each.status == _THROTTLED]
    return all(refused) if refused else None


def quantile(exchanges: Sequence[Exchange], share: float) -> float | None:
    """Return the seconds that a share of the answers took at most (nearest rank)."""
    times = sorted(each.seconds for each in exchanges if each.status == 200)  # noqa: PLR2004
    return round(times[math.ceil(share * len(times)) - 1], 4) if times else None


def of_latency(p50: float | None, p90: float | None, page: FullPage | Why) -> Finding:
    """Say how long answers took, and a page of whole objects among them."""
    if p50 is None or p90 is None:
        return Finding("latency", "unknown", "nothing was answered")
    seen = f"half of the answers within {_time(p50)}, nine of ten within {_time(p90)}"
    if isinstance(page, FullPage) and page.rows:
        seen += f"; {page.rows} whole rows: {page.size / 1000:,.0f} kB in {_time(page.seconds)}"
    if p90 > _SLOW:
        return Finding(
            "latency", "warn", seen, "ask for few fields, and raise --timeout if need be"
        )
    return Finding("latency", "ok", seen)


def slots(rate: float, p90: float | None, page: FullPage | Why) -> int | None:
    """Return the requests in flight that reach the rate: rate x latency (Little), with a margin."""
    if p90 is None:
        return None
    longest = max(p90, page.seconds if isinstance(page, FullPage) else 0.0)
    return max(_FEWEST, min(_MOST, math.ceil(rate * longest * _MARGIN)))


def of_slots(suggested: int | None, rate: float) -> Finding:
    """Say how many requests in flight are worth having."""
    if suggested is None:
        return Finding("concurrent", "unknown", "nothing was answered")
    return Finding("concurrent", "ok", f"{suggested} in flight suffice for {rate:g} a second")


def _time(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"
