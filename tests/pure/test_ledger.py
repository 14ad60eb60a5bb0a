"""The ledger: what is left is exactly what was not settled."""

from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client._ledger import Ledger

places = st.one_of(st.none(), st.integers(0, 60))
spans = st.tuples(places, places)


def holds(span, place):
    after, upto = span
    return (after is None or place > after) and (upto is None or place <= upto)


@given(st.lists(spans, max_size=12))
def test_a_place_is_left_unless_a_span_that_holds_it_was_settled(settled):
    ledger = Ledger()
    for span in settled:
        ledger.settle(span)
    for place in range(-1, 63):
        expected = not any(holds(span, place) for span in settled)
        assert any(holds(span, place) for span in ledger.left) is expected


@given(st.lists(spans, max_size=8))
def test_what_is_left_is_sorted_disjoint_and_starts_over(settled):
    ledger = Ledger()
    for span in settled:
        ledger.settle(span)
    ends = [bound for span in ledger.left for bound in span]
    inner = ends[1:-1]
    assert None not in inner
    assert inner == sorted(inner)
    assert Ledger(ledger.left).left == ledger.left


def test_spans_without_places_are_dropped():
    assert Ledger([(5, 5), (9, 7), (1, 2)]).left == ((1, 2),)
    assert Ledger([(3, None), (0, 1)]).left == ((0, 1), (3, None))
