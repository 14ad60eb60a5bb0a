"""One request and its answer, as plain data between the web server and the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

JSON_MEDIA: Final = "application/json; charset=utf-8"
XML_MEDIA: Final = "application/xml; charset=utf-8"
HTML_MEDIA: Final = "text/html; charset=utf-8"
TEXT_MEDIA: Final = "text/plain; charset=utf-8"

# Decimals of loaded rows leave as the numbers they came as.
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Call:
    """A request: `query` is decoded, header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer."""

    status: int
    body: bytes = b""
    media: str = TEXT_MEDIA
    headers: tuple[tuple[str, str], ...] = ()


def encode(value: object, *, pretty: bool = False) -> bytes:
    """Write JSON."""
    body = _ENCODER.encode(value)
    return msgspec.json.format(body, indent=2) if pretty else body


def json_answer(status: int, value: object, *headers: tuple[str, str]) -> Answer:
    """Return an answer with a JSON body."""
    return Answer(status, encode(value), JSON_MEDIA, headers)
