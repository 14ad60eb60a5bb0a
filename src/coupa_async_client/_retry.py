"""Whether a failed request is tried again, and after how long.

Numbers and errors in, a verdict out: no clock, no sleep, no logging, no random source.
"""

from dataclasses import dataclass

from .errors import (
    CoupaAPIError,
    CoupaClientError,
    CoupaConnectionError,
    CoupaRateLimitError,
    CoupaShapeError,
    CoupaTimeoutError,
    CoupaTransportError,
)

_RETRYABLE_STATUS = 408


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The bounds of patience; seconds throughout.

    `first_contact_attempts` bounds the tries before the host has ever answered: a name or a port
    that is wrong stays wrong, and somebody is waiting to be told.
    """

    max_attempts: int = 6
    max_elapsed: float = 300.0
    first_wait: float = 0.5
    longest_wait: float = 30.0
    longest_retry_after: float = 120.0
    first_contact_attempts: int = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a request failed, and the seconds to wait before the next try; None means give up."""

    reason: str
    wait: float | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What is known about a request when it has failed.

    `attempt` counts from 1, `elapsed` is seconds since the first failure, `repeatable` is true for requests
    that change nothing, `contacted` once the host has answered anything, `chance` is uniform in 0..1.
    """

    attempt: int
    elapsed: float
    repeatable: bool
    contacted: bool
    chance: float


def decide(policy: RetryPolicy, error: CoupaClientError, trial: Trial) -> Verdict:
    """Judge one failure.

    A request that changes something is repeated only when it surely did not take effect: it never
    arrived, or was turned away by the rate limit. `Retry-After` is obeyed up to two minutes and
    lengthens the wait by up to a tenth, so that many clients do not come back at once; without
    it the wait is drawn from 0 to a bound that doubles with each attempt (full jitter).
    """
    reason = reason_of(error)
    if not _may_repeat(error, repeatable=trial.repeatable):
        return Verdict(reason, None)
    attempts = policy.max_attempts
    if isinstance(error, CoupaConnectionError) and not trial.contacted:
        attempts = min(attempts, policy.first_contact_attempts)
    if trial.attempt >= attempts:
        return Verdict(reason, None)
    wait = trial.chance * min(policy.longest_wait, policy.first_wait * 2 ** (trial.attempt - 1))
    asked = error.retry_after if isinstance(error, CoupaAPIError) else None
    if asked is not None:
        if asked > policy.longest_retry_after:
            return Verdict(reason, None)
        wait = asked * (1 + trial.chance / 10)
    return Verdict(reason, None if trial.elapsed + wait > policy.max_elapsed else wait)


def reason_of(error: CoupaClientError) -> str:
    """Name a failure in one word, as receipts count it."""
    match error:
        case CoupaAPIError():
            return str(error.status)
        case CoupaTimeoutError():
            return "timeout"
        case CoupaConnectionError():
            return "connect"
        case CoupaTransportError():
            return "broken"
        case CoupaShapeError():
            return "shape"
    return "other"


def can_pass(error: CoupaClientError) -> bool:
    """Tell whether a failed read may succeed later with nothing changed on this side."""
    return _may_repeat(error, repeatable=True)


def _may_repeat(error: CoupaClientError, *, repeatable: bool) -> bool:
    match error:
        case CoupaConnectionError():
            return not error.permanent
        case CoupaRateLimitError():
            return True
        case CoupaAPIError():
            return repeatable and (error.status == _RETRYABLE_STATUS or error.status >= 500)  # noqa: PLR2004
        case CoupaTransportError():
            return repeatable
        case CoupaShapeError():
            return repeatable and error.transient
    return False
