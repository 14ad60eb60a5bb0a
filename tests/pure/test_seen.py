"""A set of ids is exact, and small for dense and for sparse ids."""

import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client._seen import Seen

anywhere = st.one_of(
    st.integers(0, 200),
    st.integers(65_000, 67_000),
    st.integers(-(10**6), 10**6),
    st.integers(10**39, 10**39 + 300),
)


@given(st.lists(anywhere, max_size=300), st.lists(anywhere, max_size=50))
def test_it_knows_what_was_added_and_nothing_else(added, others):
    seen, known = Seen(), set()
    for id_ in added:
        assert seen.add(id_) == (id_ not in known)
        known.add(id_)
    assert all((id_ in seen) == (id_ in known) for id_ in [*added, *others])
    assert None not in seen


@pytest.mark.parametrize("step", [1, 3, -1, -5])
def test_it_stays_exact_as_it_turns_from_few_to_many(step):
    seen = Seen()
    ids = range(0, 30_000 * step, step)
    assert all(map(seen.add, ids))
    assert not any(map(seen.add, ids))
    assert all(id_ in seen for id_ in ids)
    assert not any(id_ + 1 in seen for id_ in ids) or abs(step) == 1
    assert ids[-1] + step not in seen
    assert seen.add(ids[-1] + step)


@pytest.mark.parametrize("gap", [1, 200, 2_000])
@pytest.mark.parametrize("descending", [False, True])
def test_a_row_costs_a_few_bytes_whatever_lies_between_ids(gap, descending):
    """Under offset paging a million rows with ids far apart took 140 MB."""
    rng, last, ids = random.Random(1), 0, []
    for _ in range(100_000):
        last += rng.randint(1, gap)
        ids.append(last)
    seen = Seen()
    tracemalloc.start()
    try:
        for id_ in reversed(ids) if descending else ids:
            seen.add(id_)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size < 5 * len(ids)
