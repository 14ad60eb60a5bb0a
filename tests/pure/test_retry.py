"""Whether and when a failure is worth another try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client import (
    CoupaAPIError,
    CoupaAuthError,
    CoupaBadRequestError,
    CoupaConnectionError,
    CoupaForbiddenError,
    CoupaNotFoundError,
    CoupaRateLimitError,
    CoupaServerError,
    CoupaShapeError,
    CoupaTimeoutError,
    CoupaTransportError,
)
from coupa_async_client._retry import RetryPolicy, Trial, can_pass, decide, reason_of

POLICY = RetryPolicy()


def trial(attempt=1, *, elapsed=0.0, repeatable=True, contacted=True, chance=1.0):
    return Trial(attempt, elapsed, repeatable, contacted, chance)


AGAIN_ANYWAY = [CoupaConnectionError("x"), CoupaRateLimitError("x", status=429)]
AGAIN_IF_REPEATABLE = [
    CoupaTransportError("x"),
    CoupaTimeoutError("x"),
    CoupaServerError("x", status=500),
    CoupaServerError("x", status=503),
    CoupaAPIError("x", status=408),
    CoupaShapeError("x", transient=True),
]
NEVER = [
    CoupaBadRequestError("x", status=400),
    CoupaForbiddenError("x", status=403),
    CoupaNotFoundError("x", status=404),
    CoupaAPIError("x", status=302),
    CoupaShapeError("x"),
    CoupaAuthError("x"),
    CoupaConnectionError("x", permanent=True),
]


@pytest.mark.parametrize("error", AGAIN_ANYWAY + AGAIN_IF_REPEATABLE)
def test_a_read_is_tried_again(error):
    assert decide(POLICY, error, trial()).wait == 0.5


@pytest.mark.parametrize("error", NEVER)
def test_what_cannot_help_is_not_tried(error):
    assert decide(POLICY, error, trial()).wait is None


@pytest.mark.parametrize("error", AGAIN_IF_REPEATABLE)
def test_a_write_that_may_have_arrived_is_not_repeated(error):
    assert decide(POLICY, error, trial(repeatable=False)).wait is None


@pytest.mark.parametrize("error", AGAIN_ANYWAY)
def test_a_write_that_surely_did_not_take_effect_is_repeated(error):
    assert decide(POLICY, error, trial(repeatable=False)).wait is not None


def test_a_host_that_never_answered_gets_two_tries():
    gone = CoupaConnectionError("x")
    assert decide(POLICY, gone, trial(1, contacted=False)).wait is not None
    assert decide(POLICY, gone, trial(2, contacted=False)).wait is None
    assert decide(POLICY, gone, trial(5)).wait is not None


def test_the_tries_that_were_asked_for_bound_those_of_the_first_contact():
    assert decide(RetryPolicy(max_attempts=1), CoupaConnectionError("x"), trial()).wait is None


@pytest.mark.parametrize("error", AGAIN_ANYWAY + AGAIN_IF_REPEATABLE)
def test_what_is_tried_again_may_pass(error):
    assert can_pass(error)


@pytest.mark.parametrize("error", NEVER)
def test_what_is_not_tried_again_will_not_pass(error):
    assert not can_pass(error)


def test_retry_after_is_obeyed_up_to_two_minutes():
    patient = CoupaRateLimitError("x", status=429, retry_after=120)
    assert decide(POLICY, patient, trial(chance=0.0)).wait == 120
    assert decide(POLICY, patient, trial(chance=1.0)).wait == pytest.approx(132)
    endless = CoupaRateLimitError("x", status=429, retry_after=121)
    assert decide(POLICY, endless, trial()).wait is None


@given(st.integers(1, 40), st.floats(0, 1), st.floats(0, 400))
def test_patience_is_bounded_by_tries_and_by_time(attempt, chance, elapsed):
    asked = trial(attempt, elapsed=elapsed, chance=chance)
    verdict = decide(POLICY, CoupaServerError("x", status=500), asked)
    if verdict.wait is None:
        assert attempt >= POLICY.max_attempts or elapsed + POLICY.longest_wait > POLICY.max_elapsed
    else:
        assert attempt < POLICY.max_attempts
        assert 0 <= verdict.wait <= min(POLICY.longest_wait, 0.5 * 2 ** (attempt - 1))
        assert elapsed + verdict.wait <= POLICY.max_elapsed


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CoupaServerError("x", status=502), "502"),
        (CoupaTimeoutError("x"), "timeout"),
        (CoupaConnectionError("x"), "connect"),
        (CoupaTransportError("x"), "broken"),
        (CoupaShapeError("x"), "shape"),
        (CoupaAuthError("x"), "other"),
    ],
)
def test_receipts_count_by_one_word(error, reason):
    assert reason_of(error) == reason
