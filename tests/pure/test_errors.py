"""Errors travel: between processes, and as one family."""

import pickle

import pytest

import coupa_async_client
from coupa_async_client import CoupaClientError, ScanReceipt, errors

INSTANCES = [
    errors.CoupaClientError("x"),
    errors.CoupaConfigError("x"),
    errors.CoupaAuthError("x", status=400),
    errors.CoupaTransportError("x", method="GET", url="u"),
    errors.CoupaConnectionError("x", method="GET", url="u", permanent=True),
    errors.CoupaTimeoutError("x", method="GET", url="u"),
    *(
        kind("x", status=400, messages=["m"], method="GET", url="u", snippet="s", retry_after=1.5)
        for kind in (
            errors.CoupaAPIError,
            errors.CoupaBadRequestError,
            errors.CoupaForbiddenError,
            errors.CoupaNotFoundError,
            errors.CoupaRateLimitError,
            errors.CoupaServerError,
        )
    ),
    errors.CoupaShapeError("x", url="u", snippet="s", transient=True),
    errors.CoupaRowError(
        "x", id=7, path="lines[2].price", value='"n/a"', expected="Decimal", raw=b'{"id":7}'
    ),
    errors.IncompleteScanError("x", receipt=ScanReceipt("invoices", "keyset"), holes={"left": []}),
]


def test_every_error_class_is_in_the_list_and_public():
    classes = {c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, Exception)}
    assert classes == {type(error) for error in INSTANCES}
    assert {c.__name__ for c in classes} <= set(coupa_async_client.__all__)


@pytest.mark.parametrize("error", INSTANCES, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling_with_its_attributes(error):
    error.add_note("gave up after 6 tries")
    back = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(back) is type(error)
    assert isinstance(back, CoupaClientError)
    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_a_wrong_argument_is_a_value_error_too():
    assert issubclass(errors.CoupaConfigError, ValueError)
