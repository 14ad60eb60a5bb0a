"""A question in parts brings every row once: for any ids, any cuts and any order of completion."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client._ledger import Ledger
from coupa_async_client._question import question
from coupa_async_client._settings import settings
from coupa_async_client.query import split
from coupa_async_client.types import Ask
from plans import Carried, by_place, ids, picking

SETTINGS = settings("http://localhost/api", client_id="id", client_secret="hush")  # noqa: S106
slots = st.integers(1, 20)
bounds = st.lists(st.integers(0, 3_000), max_size=6, unique=True).map(sorted)


def asked(listed, longest=500, **options):
    """Make a question of a list of ids, cut far shorter than a real one."""
    whole = question(SETTINGS, "invoices", {"id[in]": listed}, **options)
    parts = split(whole.params, longest)
    return replace(whole, parts=parts)


def answering(known, question):
    """Answer with the rows of the part that is asked about."""

    lists = [set(map(int, part.params["id[in]"].split(","))) for part in question.parts]
    held = [[i for i in known if i in listed] for listed in lists]

    def answer(ask):
        return by_place(held[ask.part], ask)

    return answer


def spans_of(bounds):
    spans = list(zip(bounds[::2], bounds[1::2], strict=False))
    return tuple([*spans, (bounds[-1], None)] if len(bounds) % 2 else spans) or ((None, None),)


@given(ids, st.sets(st.integers(1, 3_000), min_size=120), bounds, slots, st.data())
def test_every_listed_row_once_and_nothing_left(known, listed, bounds, slots, data):
    spans = spans_of(bounds)
    asking = asked(sorted(listed), concurrent=slots)
    resumed = replace(asking, spans=spans)
    assert len(resumed.parts) > 1
    answer = answering(known, resumed)
    carried = Carried(resumed.plan(), answer, picking(data), slots, spans)
    within = [i for i in known if any((a or 0) < i and (b is None or i <= b) for a, b in spans)]
    assert sorted(carried.ids) == [i for i in within if i in listed]
    assert carried.left == ()


@given(ids, slots, st.sets(st.integers(0, 60), max_size=8), st.data())
def test_what_fails_for_good_is_left_and_the_rest_comes(known, slots, failing, data):
    asking = asked(list(range(1, 3_001, 2)), concurrent=slots)
    answer, turn = answering(known, asking), iter(range(10**6))
    carried = Carried(
        asking.plan(),
        lambda ask: None if next(turn) in failing else answer(ask),
        picking(data),
        slots,
    )
    wanted = [i for i in known if i % 2]
    assert len(set(carried.ids)) == len(carried.ids)
    for i in set(wanted) - set(carried.ids):
        assert any((a or 0) < i and (b is None or i <= b) for a, b in carried.left)
    again = replace(asking, spans=carried.left)
    rest = Carried(again.plan(), answer, picking(data), slots, carried.left)
    assert sorted(carried.ids + rest.ids) == wanted
    assert rest.left == ()


@given(ids, slots, st.integers(0, 400), st.data())
def test_cut_anywhere_the_rest_is_what_is_left(known, slots, cut, data):
    asking = asked(list(range(1, 3_001, 2)), concurrent=slots, page_size=10)
    answer = answering(known, asking)
    whole = Carried(asking.plan(), answer, picking(data), slots)
    ledger, came = Ledger(), []
    for left in whole.pages:
        count = min(len(left), cut - len(came))
        if count < len(left):
            break
        ledger.settle(left.span)
        came += left.ids
    again = replace(asking, spans=ledger.left)
    rest = Carried(again.plan(), answer, picking(data), slots, ledger.left)
    assert sorted(came + rest.ids) == [i for i in known if i % 2]


@given(ids, st.data())
def test_by_keyset_the_parts_follow_each_other_in_order(known, data):
    asking = asked(list(range(1, 3_001)), paging="keyset")
    carried = Carried(asking.plan(), answering(known, asking), picking(data))
    assert carried.ids == known


@given(ids, st.integers(1, 200), st.data())
def test_it_stops_after_enough(known, most, data):
    asking = asked(list(range(1, 3_001)), max_items=most)
    carried = Carried(asking.plan(), answering(known, asking), picking(data))
    assert carried.ids == known[: len(carried.ids)]
    assert min(most, len(known)) <= len(carried.ids) < most + 50


def test_the_first_row_takes_no_more_than_the_parts_before_it():
    """A hundred parts were asked at once for one row."""
    asking = asked(list(range(1, 3_001)), max_items=1)
    carried = Carried(asking.plan(), answering([40], asking), lambda _: 0)
    assert carried.ids == [40]
    assert carried.asks <= 4


@pytest.mark.parametrize("slots", [1, 8])
def test_when_all_fails_little_is_asked(slots):
    asking = asked(list(range(1, 3_001)), concurrent=slots)
    carried = Carried(asking.plan(), lambda _: None, lambda _: 0, slots)
    assert carried.asks <= 2 + slots
    assert carried.left == ((None, None),)


def test_what_lands_after_the_rest_was_given_up_is_no_error():
    asking = asked(list(range(1, 3_001)), concurrent=8)
    plan, known = asking.plan(), list(range(1, 3_001))
    first, *failing, late, later = plan.take(6)
    plan.feed(first, answering(known, asking)(first))
    for ask in failing:
        plan.fail(ask)
    assert plan.done
    assert plan.feed(late, answering(known, asking)(late)) == []
    assert plan.fail(later) == []
    assert plan.take(8) == []


def test_the_overhead_in_requests_is_bounded():
    """A short chain for each part, where one plan for all would split spans all the while."""
    known = list(range(1, 20_001))
    asking = asked(known, longest=6_000, concurrent=32)
    carried = Carried(asking.plan(), answering(known, asking), lambda n: n // 2, 32)
    assert sorted(carried.ids) == known
    assert carried.asks <= 1.06 * len(known) / 50 + len(asking.parts)


def test_each_request_is_of_a_safe_length_and_names_its_part():
    asking = question(SETTINGS, "invoices", {"id[in]": list(range(10_000, 13_000)), "status": "x"})
    urls = [asking.request(Ask({"limit": "50"}, 50, part=n)).url for n in range(len(asking.parts))]
    assert len(urls) > 4
    assert max(map(len, urls)) < 6_200
    assert all("status=x" in url and "id%5Bin%5D=1" in url for url in urls)


@pytest.mark.parametrize(
    "params",
    [
        {"invoice-number[in]": ["a" * 10] * 1_000},
        {"id[in]": [1] * 1_000, "invoice-number[in]": [f"number {n}" for n in range(800)]},
        {"supplier[id][in]": list(range(2_000))},
        {"id[in]": list(range(2_000)), "order_by": "id"},
    ],
)
def test_other_lists_stay_whole(params):
    """A row whose status changed between two parts came twice, or not at all."""
    asking = question(SETTINGS, "invoices", params)
    assert len(asking.parts) == 1
    assert len(asking.request(Ask({}, 50)).url) > 6_000
