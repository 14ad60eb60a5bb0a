"""Rows counted by three pages: close where ids lie evenly, and never a bound that does not hold."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import Page
from coupa_async_client._census import Census, Count, ListCensus
from plans import ids as dense_ids
from plans import page, sparse_ids

MOST_LOOKS = 3


def counted(known, census=None, *, cap=50, ordered=True, turns=True, skips=True):
    """Count rows on an instance that caps pages, or ignores order, direction or offset."""
    census = census or Census()
    looks = 0
    while (ask := census.next()) is not None:
        looks += 1
        after, below = (
            int(ask.params.get(f"id[{op}]", far)) for op, far in (("gt", -1), ("lt", 10**50))
        )
        rows = [id_ for id_ in known if after < id_ < below]
        if not ordered:
            rows = sorted(rows, key=lambda id_: id_ * 7_919 % 10_007)
        elif turns and ask.params["dir"] == "desc":
            rows = rows[::-1]
        start = int(ask.params.get("offset", 0)) if skips else 0
        census.feed(page(rows[start : start + min(cap, ask.limit)]))
    assert looks <= MOST_LOOKS
    return census.count, looks


@given(
    st.one_of(dense_ids, sparse_ids),
    st.integers(1, 50),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_what_is_said_for_certain_holds_on_any_instance(ids, cap, ordered, turns, skips):
    count, _ = counted(ids, cap=cap, ordered=ordered, turns=turns, skips=skips)
    assert count.at_least <= len(ids)
    assert count.at_most is None or len(ids) <= count.at_most
    assert count.certainty != "exact" or count.rows == len(ids)
    assert (count.rows is None) == (count.certainty == "unknown")
    assert count.certainty in ("exact", "close") or count.why


EVEN = {
    "dense": lambda _: list(range(1, 20_001)),
    "sparse": lambda chance: sorted(chance.sample(range(1, 10**7), 20_000)),
    "a fifth of them": lambda chance: [i for i in range(1, 100_000) if chance.random() < 0.2],
    "beyond 2^53": lambda chance: [10**30 + i for i in range(1, 60_000) if chance.random() < 0.4],
}


@pytest.mark.parametrize("name", EVEN)
def test_rows_are_within_five_percent_where_ids_lie_evenly(name):
    wrong = 0
    for seed in range(20):
        ids = EVEN[name](random.Random(seed))
        count, _ = counted(ids)
        assert count.certainty == "close"
        wrong += abs(count.rows - len(ids)) > 0.05 * len(ids)
    assert wrong == 0


UNEVEN = {
    "ever more": lambda chance: [
        i for i in range(1, 60_000) if chance.random() < 0.1 + i / 120_000
    ],
    "most of them late": lambda chance: [
        i for i in range(1, 100_000) if chance.random() < (0.02 if i < 60_000 else 0.45)
    ],
    "ever fewer": lambda _: sorted({int(1e7 * (i / 20_000) ** 4) + i + 1 for i in range(20_000)}),
}


@pytest.mark.parametrize("name", UNEVEN)
def test_where_ids_lie_unevenly_the_count_says_that_it_is_rough(name):
    ids = UNEVEN[name](random.Random(1))
    count, _ = counted(ids)
    assert (count.certainty, count.why) == ("rough", "ids lie unevenly")
    assert 0.7 < count.rows / len(ids) < 1.3


def test_a_gap_that_hides_most_of_what_was_guessed_is_said_to():
    """Ten thousand rows, a gap of a billion ids, and ten thousand more: a billion rows were expected."""
    count, looks = counted([*range(1, 10_001), *range(10**9, 10**9 + 10_000)])
    assert (count.rows, looks) == (None, 3)
    assert count.at_least == 100
    assert "too unevenly" in count.why


@pytest.mark.parametrize(
    ("ids", "looks"),
    [
        ([], 1),
        ([7], 3),
        (list(range(1, 50)), 2),
        (list(range(1, 101)), 3),
        (list(range(1, 100)), 2),
    ],
)
def test_few_rows_are_counted_exactly(ids, looks):
    assert counted(ids) == (Count(len(ids), "exact", len(ids), len(ids), **shape(ids)), looks)


def shape(ids):
    """Say what else a count knows of rows that are all seen, each gap as often as it was."""
    found, _ = counted(ids)
    return {name: getattr(found, name) for name in ("low", "high", "gaps", "cap")}


def test_a_page_that_is_capped_is_no_end():
    """An instance that answers with 25 rows had 25 of them, said the count."""
    count, _ = counted(list(range(1, 20_001)), cap=25)
    assert (count.rows, count.certainty, count.cap) == (20_000, "close", 25)


@pytest.mark.parametrize("turns", [True, False])
def test_a_single_page_is_exact_though_directions_are_ignored(turns):
    count, _ = counted(list(range(1, 31)), turns=turns)
    assert (count.rows, count.certainty) == (30, "exact")


def test_where_the_highest_id_is_not_told_there_is_no_count():
    count, _ = counted(list(range(1, 20_001)), turns=False)
    assert (count.rows, count.at_least) == (None, 2_050)
    assert "ignores order_by or dir" in count.why
    count, _ = counted(list(range(1, 20_001)), turns=False, skips=False)
    assert (count.rows, count.at_least) == (None, 50)
    assert "and offset" in count.why


def test_where_offset_is_ignored_the_count_is_a_guess():
    count, _ = counted(list(range(1, 20_001)), skips=False)
    assert (count.rows, count.certainty) == (20_000, "rough")
    assert "ignores offset" in count.why


def test_rows_without_ids_are_not_counted():
    census = Census()
    while census.next() is not None:
        census.feed(Page([b"{}"] * 50))
    assert census.count.rows is None
    assert census.count.at_least == 50
    assert "no id" in census.count.why


@pytest.mark.parametrize(
    ("hull", "below", "rows"),
    [
        ((None, None), None, 20_000),
        ((5_000, None), None, 15_000),
        ((5_000, 12_000), None, 7_000),
        ((5_000, 12_000), 9_001, 4_000),
        ((None, None), 9_001, 9_000),
        ((15_000, 12_000), None, 0),
    ],
)
def test_bounds_hold(hull, below, rows):
    count, _ = counted(list(range(1, 20_001)), Census(hull, below))
    assert count.rows == rows


def test_nothing_is_claimed_before_a_page_came():
    assert Census().count.certainty == "unknown"


class TestLists:
    @pytest.mark.parametrize("share", [1, 2, 10])
    def test_the_listed_ids_that_have_rows_are_counted(self, share):
        lists = {part: list(range(part * 600 + 1, part * 600 + 601)) for part in range(9)}
        known = [i for i in range(1, 10_000) if i % share == 0]
        count, looks = listed(known, lists)
        assert looks == 3
        assert count.certainty == "close"
        assert abs(count.rows - 5_400 / share) <= 0.05 * 5_400 / share
        assert count.at_most == 5_400
        assert count.listed == tuple(range(1, 5_401))

    def test_parts_that_differ_make_it_rough(self):
        lists = {part: list(range(part * 600 + 1, part * 600 + 601)) for part in range(9)}
        count, _ = listed(list(range(2_500, 10_000)), lists)
        assert (count.certainty, bool(count.why)) == ("rough", True)

    @pytest.mark.parametrize(("lists", "looks"), [({}, 0), ({3: []}, 0), ({0: [], 2: [5, 7]}, 1)])
    def test_few_parts_are_few_looks(self, lists, looks):
        assert listed([7], lists)[1] == looks
        assert listed([7], lists)[0].rows == looks

    def test_no_row_is_none(self):
        count, _ = listed([], {0: [1, 2], 1: [3, 4]})
        assert (count.rows, count.certainty) == (0, "close")


def listed(known, lists):
    census, looks = ListCensus(lists), 0
    while (ask := census.next()) is not None:
        looks += 1
        rows = [i for i in lists[ask.part] if i in set(known) and i > int(ask.params["id[gt]"])]
        census.feed(page(rows[: ask.limit]))
    return census.count, looks
