"""What the token endpoint answered: read from the answer itself, which holds the token and is not kept."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from coupa_async_client.types import Response

_CODE = re.compile(r"[a-z_]{1,40}")
"""How RFC 6749, 5.2, spells an error; anything else an answer says may be anybody's secret."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One answer to a token call; `scopes` is None where neither answer nor token tells."""

    status: int
    granted: bool = False
    error: str = ""
    scopes: frozenset[str] | None = None
    seconds: float | None = None
    kind: str = "JSON"


def grant_of(response: Response) -> Grant:
    """Read an answer of the token endpoint: RFC 6749, 5.1 and 5.2, as far as it keeps to them."""
    try:
        said = msgspec.json.decode(response.body)
    except (ValueError, RecursionError):
        html = response.body[:500].lstrip().lower().startswith((b"<!doctype html", b"<html"))
        return Grant(response.status, kind="an HTML page" if html else "no JSON")
    if not isinstance(said, dict):
        return Grant(response.status, kind="JSON of another kind")
    token, error = said.get("access_token"), said.get("error")
    scopes = _names(said.get("scope"))
    return Grant(
        status=response.status,
        granted=isinstance(token, str) and bool(token),
        error=error if isinstance(error, str) and _CODE.fullmatch(error) else "",
        scopes=_claimed(token) if scopes is None else scopes,
        seconds=_number(said.get("expires_in")),
    )


def _claimed(token: object) -> frozenset[str] | None:
    """Read the scopes that a JWT claims (doc 0018); any other token keeps them to itself."""
    parts = token.split(".") if isinstance(token, str) else ()
    if len(parts) != 3:  # noqa: PLR2004  (RFC 7515: head, claims, signature)
        return None
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = msgspec.json.decode(base64.urlsafe_b64decode(padded))
    except (ValueError, RecursionError):
        return None
    if not isinstance(claims, Mapping):
        return None
    return _names(claims.get("scope", claims.get("scp")))


def _names(scope: object) -> frozenset[str] | None:
    """Read scopes split by spaces (docs 0018, 0019), by commas, or in a list; none told is unknown."""
    if isinstance(scope, list):
        scope = " ".join(str(each) for each in scope)
    if not isinstance(scope, str) or not scope.strip():
        return None
    return frozenset(scope.replace(",", " ").split())


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
