"""The rate limit: the arithmetic on a made-up clock, and what it looks like from outside."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.engine import Engine
from coupa_async_client.sandbox.exchange import Call
from coupa_async_client.sandbox.throttle import Bucket

from .conftest import Caller

GET = Call("GET", "/api/invoices")


@given(
    gaps=st.lists(st.floats(0, 0.2), max_size=80),
    burst=st.integers(1, 20),
    queue=st.sampled_from([0, 20]),
)
def test_never_more_than_the_rate_and_the_burst(gaps: list[float], burst: int, queue: int) -> None:
    bucket, now, served = Bucket(25, burst, queue), 0.0, []
    for gap in gaps:
        now += gap
        wait = bucket.take(now)
        if wait is not None:
            served.append(now + wait)
    for first, start in enumerate(served):
        for last in range(first, len(served)):
            assert last - first + 1 <= burst + 25 * (served[last] - start) + 1e-6


def test_a_paced_caller_is_never_held_back() -> None:
    bucket = Bucket(25, 20, 0)
    assert [bucket.take(0) for _ in range(20)] == [0] * 20
    assert bucket.take(0) is None
    assert [bucket.take(number / 25 + 1e-9) for number in range(1, 200)] == [0] * 199


def test_the_queue_holds_twenty_and_refuses_the_next() -> None:
    bucket = Bucket(25, 20, 20)
    waits = [bucket.take(10) for _ in range(41)]
    assert waits[:20] == [0] * 20
    assert waits[20:40] == pytest.approx([number / 25 for number in range(1, 21)])
    assert waits[40] is None
    assert bucket.until_next(10) == pytest.approx(1 / 25)


def test_above_the_limit_is_429(serve: Callable[..., Caller]) -> None:
    coupa = serve(throttle="refuse", rate=0.001, burst=2)
    assert [coupa.api("invoices", {"limit": 1}).status for _ in range(3)] == [200, 200, 429]
    assert "retry-after" not in coupa.api("invoices").headers
    assert coupa.token().status == 200
    coupa.sandbox.reset()
    assert coupa.log_in().api("invoices", {"limit": 1}).status == 200


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after(form: str) -> None:
    engine = Engine(Config(rate=0.1, burst=1, retry_after=form), lambda: 0.0)  # type: ignore[arg-type]
    assert engine.wait_for_permit(GET) == 0
    assert engine.wait_for_permit(GET) is None
    ((name, value),) = engine.too_many().headers
    assert name == "Retry-After"
    assert value == "10" if form == "seconds" else parsedate_to_datetime(value)


def test_the_limit_can_be_switched_off() -> None:
    engine = Engine(Config(throttle="off", rate=1, burst=1), lambda: 0.0)
    assert {engine.wait_for_permit(GET) for _ in range(100)} == {0.0}
