"""Carries plans out without a network: answers in any order, rows hidden, capped, failing or moving."""

from bisect import bisect_right

from hypothesis import strategies as st

from coupa_async_client import Page
from coupa_async_client._ledger import Ledger

MOST_ASKS = 20_000

ids = st.lists(st.integers(1, 3_000), unique=True, max_size=400).map(sorted)
sparse_ids = st.lists(st.integers(1, 10**9), unique=True, max_size=400).map(sorted)
page_sizes = st.sampled_from([1, 7, 25, 50])


def page(ids):
    return Page([b'{"id":%d}' % i for i in ids], list(ids))


def by_place(ids, ask, cap=50, hidden=frozenset()):
    """Answer as Coupa does; hidden rows count for the offset, yet are not shown."""
    limit = min(cap, int(ask.params["limit"]))
    if "offset" in ask.params:
        start = int(ask.params["offset"])
        return page([i for i in ids[start : start + limit] if i not in hidden])
    if "id[lt]" in ask.params:
        return page([i for i in ids if i < int(ask.params["id[lt]"])][:limit])
    start = bisect_right(ids, int(ask.params.get("id[gt]", 0)))
    return page(ids[start : start + limit])


class Carried:
    """What a plan brought when it was carried out with up to `slots` asks in flight."""

    def __init__(self, plan, answer, pick, slots=20, spans=((None, None),)):
        """`answer` gives a page, or None for one that fails; `pick(n)` says which lands next."""
        self.ids, self.asks, self.pages = [], 0, []
        ledger = Ledger(spans)
        flying = []
        while not plan.done:
            new = plan.take(slots - len(flying))
            assert len(new) <= slots - len(flying)
            self.asks += len(new)
            flying += new
            assert flying, "the plan neither asks nor ends"
            assert self.asks < MOST_ASKS, "the plan does not end"
            ask = flying.pop(pick(len(flying)))
            landed = answer(ask)
            for left in plan.fail(ask) if landed is None else plan.feed(ask, landed):
                self.ids += left.ids
                self.pages.append(left)
                ledger.settle(left.span)
        self.left = ledger.left


def picking(data):
    """Let hypothesis decide which request in flight is answered next."""
    return lambda flying: data.draw(st.integers(0, flying - 1))
