"""A token's life, whose it is, and how tokens are spelled in a file for later runs.

Pure: clocks are read and files opened elsewhere.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

LONGEST_LIFE = 7 * 86400.0
"""Seconds that a saved token may still have before it; Coupa's live 24 h (doc 0019)."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; `born` and `expires` are readings of one clock, in seconds.

    `own` is true for the client that asked for it, false where it was taken over.
    """

    access_token: str = field(repr=False)
    born: float
    expires: float
    own: bool = False

    def alive(self, now: float) -> bool:
        """Tell whether the token has not ended."""
        return now < self.expires

    def due(self, now: float) -> bool:
        """Tell whether it is time for a new one: after 20 of 24 hours (docs 0019, 0020)."""
        return now >= self.expires - (self.expires - self.born) / 6

    def fresh(self, now: float) -> bool:
        """Tell whether a refusal cannot be for its age: a tenth of its life, at most 60 s, is left."""
        return now < self.expires - min(60.0, (self.expires - self.born) / 10)

    def moved(self, seconds: float) -> "Token":
        """Return the token on a clock that is so much ahead."""
        return replace(self, born=self.born + seconds, expires=self.expires + seconds)


def identity(token_url: str, client_id: str, client_secret: str, scopes: Iterable[str]) -> str:
    """Name what a token is good for, without telling the secret."""
    parts = [token_url, client_id, client_secret, sorted(set(scopes))]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def fits_a_header(text: str) -> bool:
    """Tell whether a token's text can be sent."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


class _Saved(msgspec.Struct):
    version: Literal[1]
    tokens: dict[str, Token]


def spelled(tokens: Mapping[str, Token]) -> bytes:
    """Spell tokens, by identity and on the wall clock, for a file."""
    entries = {
        name: {"access_token": token.access_token, "born": token.born, "expires": token.expires}
        for name, token in tokens.items()
    }
    return msgspec.json.encode({"version": _VERSION, "tokens": entries})


def understood(content: bytes, now: float) -> dict[str, Token]:
    """Read what `spelled` wrote: the tokens that are alive at `now` on the wall clock.

    None of a file that is damaged or of a later version; none that is born in the future or would
    live for more than a week: then a clock has been wrong.
    """
    try:
        saved = msgspec.json.decode(content, type=_Saved)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return {}
    return {
        name: replace(token, own=False)
        for name, token in saved.tokens.items()
        if token.born <= now < token.expires <= now + LONGEST_LIFE
        and fits_a_header(token.access_token)
    }
