"""The record that processes hand on to each other: whole, or known to be damaged."""

import math
import zlib
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client._limits import Governor, Pace
from coupa_async_client._record import SIGNATURE, Record, emptied, spelled, understood

NOW = 1_000.0
numbers = st.floats(allow_nan=False)
past = st.floats(max_value=NOW)
paces = st.builds(
    Pace,
    **{field.name: numbers for field in fields(Pace)}
    | dict.fromkeys(("at", "since", "refused", "paused"), past),
)
BUSY = Governor(25.0, 20)
for _ in range(30):
    BUSY.reserve(NOW)
RECORD = Record(25.0, 20.0, BUSY.pace)


@given(numbers, numbers, paces)
def test_what_was_spelled_is_understood_to_the_last_bit(rate, burst, pace):
    record = Record(rate, burst, pace)
    assert understood(spelled(record), NOW) == record


def test_a_bucket_that_nobody_has_drawn_on_can_be_spelled():
    record = Record(25.0, 20.0, Governor(25.0, 20).fresh())
    assert understood(spelled(record), NOW) == record


@given(st.data())
def test_a_record_that_was_cut_is_damaged(data):
    content = spelled(RECORD)
    assert understood(content[: data.draw(st.integers(0, len(content) - 1))], NOW) is None
    assert understood(content + data.draw(st.binary(min_size=1)), NOW) is None


@given(st.integers(0, len(spelled(RECORD)) - 1), st.integers(1, 255))
def test_a_record_of_which_one_byte_is_wrong_is_damaged(place, change):
    content = bytearray(spelled(RECORD))
    content[place] ^= change
    assert understood(bytes(content), NOW) is None


@given(st.binary())
def test_whatever_else_is_found_is_damaged(content):
    assert understood(content, NOW) is None


@pytest.mark.parametrize("name", [field.name for field in fields(Pace)])
def test_a_record_with_a_number_that_is_none_is_damaged(name):
    pace = replace(BUSY.pace, **{name: math.nan})
    assert understood(spelled(Record(25.0, 20.0, pace)), NOW) is None


@pytest.mark.parametrize(
    ("name", "ahead"), [("at", 6), ("since", 6), ("refused", 301), ("paused", 301)]
)
def test_a_record_from_before_the_clock_began_anew_is_damaged(name, ahead):
    """A host was started again, and no request left for as long as it had been up before."""
    pace = replace(BUSY.pace, **{name: NOW + ahead})
    assert understood(spelled(Record(25.0, 20.0, pace)), NOW) is None


def test_clocks_that_differ_a_little_and_a_long_retry_after_are_no_damage():
    pace = replace(BUSY.pace, at=NOW + 4, since=NOW + 4, refused=NOW + 120, paused=NOW + 120)
    assert understood(spelled(Record(25.0, 20.0, pace)), NOW).pace == pace


def test_a_record_of_another_version_is_damaged():
    content = bytearray(spelled(RECORD)[:-4])
    content[len(SIGNATURE)] += 1
    assert understood(bytes(content) + zlib.crc32(content).to_bytes(4, "little"), NOW) is None


def test_an_emptied_bucket_lets_nobody_go_until_it_has_filled_up():
    governor = Governor(25.0, 20)
    governor.pace = emptied(governor.fresh(), NOW)
    assert governor.free(NOW) == 0
    assert governor.reserve(NOW).wait == pytest.approx((1 + 0.25 * 25) / 25)


def test_what_was_booked_in_a_bucket_that_is_emptied_stays_booked():
    assert emptied(BUSY.pace, NOW).level == BUSY.pace.level == -10
