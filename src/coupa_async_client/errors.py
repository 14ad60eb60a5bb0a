"""The errors a caller can meet, each with plain attributes that survive pickling.

They say what happened, to what, and what to do; deciding whether to try again is left to `_retry`.

CoupaClientError                    the root
 |- CoupaConfigError                wrong argument; nothing was sent
 |- CoupaAuthError                  no token, or refused with a fresh one
 |- CoupaTransportError             no complete answer came
 |   |- CoupaConnectionError        the request surely did not arrive
 |   `- CoupaTimeoutError           it may have arrived, nobody knows
 |- CoupaAPIError                   an answer came and says no
 |   |- CoupaBadRequestError        400
 |   |- CoupaForbiddenError         403
 |   |- CoupaNotFoundError          404
 |   |- CoupaRateLimitError         429
 |   `- CoupaServerError            5xx
 |- CoupaShapeError                 200, but not what was asked for
 |   `- CoupaRowError               a row that does not fit the type that was asked for
 `- IncompleteScanError             a scan ended early; what is missing can be asked for again
"""

from collections.abc import Iterable
from typing import Any


class CoupaClientError(Exception):
    """Root of every error this library raises."""


class CoupaConfigError(CoupaClientError, ValueError):
    """An argument is wrong; nothing was sent."""


class CoupaAuthError(CoupaClientError):
    """No token could be had, or Coupa refused a fresh one.

    `status` is the HTTP status of the refusal, None when no answer came.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        """Keep the status beside the message."""
        super().__init__(message)
        self.status = status


class CoupaTransportError(CoupaClientError):
    """No complete answer came: connection, time-out, cut or undecodable body."""

    def __init__(self, message: str, *, method: str = "", url: str = "") -> None:
        """Keep what was asked beside the message."""
        super().__init__(message)
        self.method = method
        self.url = url


class CoupaConnectionError(CoupaTransportError):
    """No connection could be made: the request surely did not arrive.

    `permanent` is true where trying again cannot help (a certificate that is not trusted).
    """

    def __init__(
        self, message: str, *, method: str = "", url: str = "", permanent: bool = False
    ) -> None:
        """Keep what was asked and whether a second try is pointless."""
        super().__init__(message, method=method, url=url)
        self.permanent = permanent


class CoupaTimeoutError(CoupaTransportError):
    """The answer did not come in time; the request may have arrived."""


class CoupaAPIError(CoupaClientError):
    """Coupa answered, and the answer is no.

    `status` is the HTTP status, `messages` what Coupa says (human text, in the tenant's language),
    `snippet` the head of the body, `retry_after` the seconds Coupa asked to wait, if it did.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        messages: Iterable[str] = (),
        method: str = "",
        url: str = "",
        snippet: str = "",
        retry_after: float | None = None,
    ) -> None:
        """Keep the refusal's parts beside the message."""
        super().__init__(message)
        self.status = status
        self.messages = tuple(messages)
        self.method = method
        self.url = url
        self.snippet = snippet
        self.retry_after = retry_after


class CoupaBadRequestError(CoupaAPIError):
    """400: the query or the body is not what Coupa takes."""


class CoupaForbiddenError(CoupaAPIError):
    """403: the client lacks the scope or the permission."""


class CoupaNotFoundError(CoupaAPIError):
    """404: no such resource, or no such record."""


class CoupaRateLimitError(CoupaAPIError):
    """429: more requests than the instance allows (25 a second, doc 0012)."""


class CoupaServerError(CoupaAPIError):
    """5xx: the instance, or something in front of it, failed."""


class CoupaShapeError(CoupaClientError):
    """A 200 that is not what was asked for: HTML, broken JSON, an object where a list belongs.

    `transient` is true where asking again may bring the right thing (a body that is no JSON),
    false where the answer is well-formed and simply of another shape.
    """

    def __init__(
        self, message: str, *, url: str = "", snippet: str = "", transient: bool = False
    ) -> None:
        """Keep the head of the body and whether asking again may help."""
        super().__init__(message)
        self.url = url
        self.snippet = snippet
        self.transient = transient


class CoupaRowError(CoupaShapeError):
    """A row does not fit the type that was asked for.

    `id` is the row's, where it has one. `path` is the attribute, such as `invoice-lines[2].price`,
    empty for the row as a whole; `value` what stands there, as JSON cut short, empty where nothing
    does; `expected` the type declared for it; `raw` the row's JSON as Coupa sent it.
    """

    def __init__(
        self,
        message: str,
        *,
        id: int | None = None,  # noqa: A002  (Coupa's word)
        path: str = "",
        value: str = "",
        expected: str = "",
        raw: bytes = b"",
    ) -> None:
        """Keep the row and the place in it beside the message."""
        super().__init__(message)
        self.id = id
        self.path = path
        self.value = value
        self.expected = expected
        self.raw = raw


class IncompleteScanError(CoupaClientError):
    """A scan could not bring everything; the first failure is its `__cause__`.

    `receipt` is the `ScanReceipt` of what did come. `holes` is what did not, as JSON:
    `scan(..., resume=error.holes)` brings just that.
    """

    def __init__(
        self,
        message: str,
        *,
        receipt: Any = None,  # noqa: ANN401  (a ScanReceipt, which this floor does not know)
        holes: dict[str, Any] | None = None,
    ) -> None:
        """Keep the account and the way to the rest beside the message."""
        super().__init__(message)
        self.receipt = receipt
        self.holes = holes or {}
