"""Every knob of the sandbox, with the evidence for its value; it reads no environment."""

import types
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, Union, get_args, get_origin, get_type_hints

_T = TypeVar("_T")

Evidence = Literal["documented", "reported", "assumed"]
Rows = Sequence[Mapping[str, Any]]
"""JSON rows handed in by a test; Decimal is welcome wherever JSON has a number."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a knob does and where that comes from."""

    help: str
    evidence: Evidence
    source: str


def _knob(default: _T, help_: str, evidence: Evidence, source: str) -> _T:
    return field(default=default, metadata={"fact": Fact(help_, evidence, source)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the local Coupa holds and how it behaves; the defaults are the rude ones."""

    seed: int = 1
    rows: Mapping[str, int] = field(default_factory=dict)
    load: Mapping[str, Path | str | Rows] = field(default_factory=dict)

    token_seconds: float = _knob(
        60,
        "life of a token; polite: 86399",
        "documented",
        "doc 0019 (86399); 60 is rude on purpose",
    )
    token_settle: float = _knob(
        0, "seconds a new token is refused before it works", "documented", "doc 0018 asks for 5 s"
    )
    bad_credentials_status: Literal[400, 401] = _knob(
        400, "status for a wrong id, secret or scope", "reported", "PostHog maps 400; 401 unknown"
    )
    client_auth: Literal["either", "body", "basic"] = _knob(
        "either", "where id and secret may come", "reported", "docs 0018, 0019 body; PostHog Basic"
    )
    granted: AbstractSet[str] | None = _knob(
        None, "scopes of the client; none given: all", "reported", "scope list of Rossum's guide"
    )
    max_limit: Literal["clamp", "400"] = _knob(
        "clamp", "what a limit above 50 gets", "reported", "Workato, PowerAutomate, PostHog: 50"
    )
    bad_paging: Literal["400", "default"] = _knob(
        "400", "what limit=0, a negative or a non-number gets", "assumed", "unknown in Coupa"
    )
    honour_order: bool = _knob(
        True, "order_by and dir are obeyed", "documented", "declared in Coupa's Swagger only"
    )
    unknown_filter: Literal["ignore", "400", "empty"] = _knob(
        "ignore", "what a filter on an unknown attribute does", "assumed", "unknown in Coupa"
    )
    unknown_field: Literal["ignore", "400"] = _knob(
        "ignore", "what an unknown name in `fields` does", "assumed", "unknown in Coupa"
    )
    bad_datetime: Literal["400", "guess"] = _knob(
        "400", "what a datetime outside the ISO subset gets", "documented", "doc 0014: guessed"
    )
    any_accept: Literal["xml", "json"] = _knob(
        "xml", "family for `Accept: */*` or none at all", "reported", "Truto: XML without Accept"
    )
    throttle: Literal["refuse", "queue", "off"] = _knob(
        "refuse", "calls above the rate; polite: queue", "documented", "doc 0012 queues up to 20"
    )
    rate: float = _knob(25, "requests a second", "documented", "doc 0012")
    burst: int = _knob(20, "requests at once, and waiting in the queue", "documented", "doc 0012")
    retry_after: Literal["seconds", "date"] | None = _knob(
        None, "form of Retry-After on a 429", "reported", "PostHog saw none"
    )
    latency: float = _knob(0, "seconds added to every answer", "assumed", "for tests")
    fault_share: float = _knob(
        0.01, "share of GETs answered 503 or 500; polite: 0", "assumed", "no figure is published"
    )
    pretty: bool = _knob(False, "pretty-print JSON", "assumed", "whitespace is unspecified")
    gzip: bool = _knob(False, "compress for clients that accept gzip", "assumed", "for tests")
    null_keys: Literal["keep", "omit"] = _knob(
        "keep", "null attributes in JSON", "documented", "doc 0015 keeps, doc 0087 omits (SIM)"
    )
    control: bool = _knob(True, "serve /__sandbox__/", "assumed", "the sandbox's own")

    @classmethod
    def of(cls, *, polite: bool = False, **knobs: Any) -> Self:  # noqa: ANN401 - checked below
        """Return the rude or the polite settings with `knobs` on top.

        Raises:
            TypeError: a knob of that name does not exist.
            ValueError: a knob has no such value.
        """
        unknown = knobs.keys() - {each.name for each in fields(cls)}
        if unknown:
            names = ", ".join(each.name for each in fields(cls))
            raise TypeError(f"no sandbox knob {min(unknown)!r}; there are: {names}")
        calm: dict[str, Any] = {"token_seconds": 86399, "throttle": "queue", "fault_share": 0.0}
        return cls(**({**calm, **knobs} if polite else knobs))

    def __post_init__(self) -> None:
        """Refuse a value that its knob does not know."""
        for name, allowed in choices().items():
            value = getattr(self, name)
            if value not in allowed:
                raise ValueError(f"{name} is {value!r}; it takes one of {list(allowed)}")
        for name in ("rate", "burst"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it takes a positive number")
        for name in ("token_seconds", "token_settle", "latency", "fault_share"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it takes 0 or more")
        for name, count in self.rows.items():
            if count < 0:
                raise ValueError(f"rows of {name} is {count}; it takes 0 or more")


def choices() -> dict[str, tuple[object, ...]]:
    """Return the values of each knob that has a closed set of them."""
    found: dict[str, tuple[object, ...]] = {}
    for name, hint in get_type_hints(Config).items():
        members = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
        literals = [get_args(each) for each in members if get_origin(each) is Literal]
        if literals:
            closed = [value for group in literals for value in group]
            found[name] = tuple(closed + [None] * (type(None) in members))
    return found


def facts() -> dict[str, Fact]:
    """Return what each knob does and its source, by the knob's name."""
    return {each.name: each.metadata["fact"] for each in fields(Config) if each.metadata}
