"""What the answer to a token call means: the token's line and that of the scopes. Pure."""

from collections.abc import Collection, Iterable

from coupa_async_client._retry import reason_of
from coupa_async_client.description.scopes import scopes_of
from coupa_async_client.errors import CoupaClientError

from .findings import Finding
from .grants import Grant

_REFUSED = (400, 401, 403)
_NOT_THERE = (301, 302, 303, 307, 308, 404, 405)
_SHOWN = 6
_WHERE = "in Coupa under Setup, OAuth2/OpenID Connect Clients"
_CREDENTIALS = f"check client_id and client_secret, {_WHERE}"
_BY_BASIC = (
    "this instance takes id and secret by HTTP Basic alone, which this client does not send; ask Coupa "
    "to take them in the body (doc 0019)"
)
_REMEDIES = {
    "invalid_client": _CREDENTIALS,
    "unauthorized_client": f"allow the client the grant client_credentials, {_WHERE}",
    "unsupported_grant_type": f"allow the client the grant client_credentials, {_WHERE}",
    "invalid_scope": f"ask for fewer scopes (COUPA_SCOPES), or add them to the client {_WHERE}",
}


def of_token(grant: Grant | CoupaClientError, *, by_basic: bool = False) -> Finding:
    """Say whether there is a token, and else whose fault that is."""
    if isinstance(grant, CoupaClientError):
        remedy = "check token_url, and that it is reached the same way as base_url"
        cause = grant.__cause__
        how = f" ({reason_of(cause)})" if isinstance(cause, CoupaClientError) else ""
        return Finding("token", "fail", f"the token endpoint gives no complete answer{how}", remedy)
    if grant.granted and grant.status < 300:  # noqa: PLR2004
        life = "" if grant.seconds is None else f", good for {_duration(grant.seconds)}"
        return Finding("token", "ok", f"granted{life}")
    seen = f"refused: {grant.error} ({grant.status})" if grant.error else f"answered {grant.status}"
    if grant.kind != "JSON":
        seen += f" with {grant.kind}"
    return Finding("token", "fail", seen, _remedy(grant, by_basic=by_basic))


def _remedy(grant: Grant, *, by_basic: bool) -> str:
    status = grant.status
    if by_basic:
        return _BY_BASIC
    if grant.error in _REMEDIES:
        return _REMEDIES[grant.error]
    if status == 429 or status >= 500:  # noqa: PLR2004
        return "try again later; if it stays so, ask Coupa's support"
    if status in _NOT_THERE or grant.kind != "JSON":
        return "check token_url, and that instance names a Coupa: the endpoint is /oauth2/token"
    if status in _REFUSED:
        return f"{_CREDENTIALS}; and its grant and scopes"
    return "check token_url"


def of_scopes(
    grant: Grant, asked: Collection[str], resources: Iterable[str], *, refused: bool
) -> Finding:
    """Hold the scopes that were granted against those asked for, and those that reading takes.

    `refused` is true where the scopes asked for were refused and the token came without naming any.
    """
    if grant.scopes is None:
        seen = "neither the answer nor the token tells which were granted"
        if not refused:
            return Finding("scopes", "unknown", seen)
        return Finding(
            "scopes",
            "fail",
            f"of those asked for one or more are not the client's; {seen}",
            _asking(),
        )
    granted = f"{len(grant.scopes)} granted"
    if lacking := sorted(set(asked) - grant.scopes):
        seen = f"{granted}; not the client's: {_listed(lacking)}"
        return Finding("scopes", "fail" if refused else "warn", seen, _asking())
    closed = {
        resource: scopes_of(resource).read
        for resource in resources
        if scopes_of(resource).read and grant.scopes.isdisjoint(scopes_of(resource).read)
    }
    if closed:
        wanted = [f"{resource} takes {' or '.join(scopes)}" for resource, scopes in closed.items()]
        seen = f"{granted}; lacking as integrators report: {_listed(wanted, '; ')}"
        return Finding("scopes", "warn", seen, _adding())
    return Finding("scopes", "ok", f"{granted}, and none is lacking")


def missing_scopes(resource: str, granted: Collection[str] | None) -> tuple[str, ...]:
    """Name the scopes of which reading a resource takes one, unless one is known to be there."""
    scopes = scopes_of(resource).read
    return () if granted is not None and not set(granted).isdisjoint(scopes) else scopes


def _asking() -> str:
    return f"leave them out of COUPA_SCOPES (--scopes), or add them to the client {_WHERE}"


def _adding() -> str:
    return f"add them to the client {_WHERE}, and to COUPA_SCOPES where that names any"


def _listed(names: Collection[str], between: str = ", ") -> str:
    shown = between.join(list(names)[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _duration(seconds: float) -> str:
    return f"{seconds / 3600:.0f} h" if seconds >= 7200 else f"{seconds:.0f} s"  # noqa: PLR2004
