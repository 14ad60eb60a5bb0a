"""The token endpoint: client credentials in, an opaque token with a life out (docs 0017-0019)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.exchange import Answer, Call, encode, json_answer

CLIENT_ID: Final = "sandbox-client"
CLIENT_SECRET: Final = "sandbox-secret"  # noqa: S105 - opens nothing but this sandbox

# Which scope opens which resource, after the permission lists of Rossum's scope guide.
SCOPES: Final = {
    "invoices": "core.invoice",
    "purchase_orders": "core.purchase_order",
    "requisitions": "core.requisition",
    "suppliers": "core.supplier",
    "remit_to_addresses": "core.supplier",
    "approvals": "core.approval",
    "users": "core.user",
    "accounts": "core.accounting",
    "items": "core.item",
    "contracts": "core.contract",
    "expense_reports": "core.expense",
    "receiving_transactions": "core.inventory.receiving",
    "addresses": "core.common",
}


@dataclass(frozen=True, slots=True)
class _Grant:
    usable_from: float
    expires: float
    scopes: frozenset[str]


class Tokens:
    """The tokens that were handed out; times are seconds on the clock of the caller."""

    def __init__(self, config: Config) -> None:
        """Start with no token."""
        self._config = config
        self._grants: dict[str, _Grant] = {}
        self._count = 0

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of the one client there is."""
        return granted_scopes(self._config)

    def revoke_all(self) -> None:
        """Make every token that was handed out worthless."""
        self._grants.clear()

    def allowed(self, call: Call, now: float) -> frozenset[str] | None:
        """Return the scopes of the token that the call carries, None when it is no good."""
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        grant = self._grants.get(token.strip()) if kind.lower() == "bearer" else None
        if grant is None or not grant.usable_from <= now < grant.expires:
            return None
        return grant.scopes

    def answer(self, call: Call, now: float) -> Answer:
        """Answer `POST /oauth2/token`; refusals are in the words of RFC 6749, section 5.2."""
        if call.method != "POST":
            return Answer(405, headers=(("Allow", "POST"),))
        media = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != "application/x-www-form-urlencoded":
            return _refused(400, "invalid_request", "send a form-encoded body")
        form = dict(parse_qsl(call.body.decode(errors="replace"), keep_blank_values=True))
        if not self._knows(call, form):
            status = self._config.bad_credentials_status
            return _refused(status, "invalid_client", "id or secret is wrong, or came twice")
        if form.get("grant_type") != "client_credentials":
            error = "unsupported_grant_type" if "grant_type" in form else "invalid_request"
            return _refused(400, error, "grant_type is client_credentials")
        scopes = tuple(form.get("scope", "").split()) or self.scopes
        if not set(scopes) <= set(self.scopes):
            return _refused(400, "invalid_scope", "the client does not have a scope it asks for")
        return self._mint(scopes, now)

    def _knows(self, call: Call, form: dict[str, str]) -> bool:
        where = self._config.client_auth
        in_body = (form.get("client_id"), form.get("client_secret"))
        in_header = _basic(call.headers.get("authorization", ""))
        known = (CLIENT_ID, CLIENT_SECRET)
        if in_header is not None:
            # Both places at once are refused, as SnapLogic's error text tells.
            return where != "body" and in_header == known and in_body[1] is None
        return where != "basic" and in_body == known

    def _mint(self, scopes: tuple[str, ...], now: float) -> Answer:
        self._count += 1
        token = _jwt(self._config.seed, self._count, scopes)
        life = self._config.token_seconds
        self._grants = {name: each for name, each in self._grants.items() if each.expires > now}
        usable_from = now + self._config.token_settle
        self._grants[token] = _Grant(usable_from, now + life, frozenset(scopes))
        reply = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(life) if life == int(life) else life,
            "scope": " ".join(scopes),
        }
        return json_answer(200, reply, ("Cache-Control", "no-store"))


def granted_scopes(config: Config) -> tuple[str, ...]:
    """Return the scopes of the client, sorted."""
    every = {f"{scope}.{right}" for scope in SCOPES.values() for right in ("read", "write")}
    return tuple(sorted(every if config.granted is None else config.granted))


def _refused(status: int, error: str, description: str) -> Answer:
    return json_answer(status, {"error": error, "error_description": description})


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _jwt(seed: int, count: int, scopes: tuple[str, ...]) -> str:
    # Looks like a JWT and grows with the scopes (doc 0018), but is signed by nobody.
    head = {"alg": "none", "typ": "JWT"}
    claims = {"iss": "coupa-sandbox", "jti": f"{seed}-{count}", "scope": list(scopes)}
    signature = hashlib.sha256(f"{seed}-{count}".encode()).digest()
    return ".".join(
        base64.urlsafe_b64encode(part).rstrip(b"=").decode()
        for part in (encode(head), encode(claims), signature)
    )
