"""Rules for answering wrongly on purpose: which request, what happens, how often."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from fnmatch import fnmatchcase
from time import time
from typing import Any, Final

from coupa_async_client.sandbox.exchange import (
    HTML_MEDIA,
    JSON_MEDIA,
    TEXT_MEDIA,
    Answer,
    Call,
    json_answer,
)
from coupa_async_client.sandbox.values import number

DEEDS: Final = (
    "html",
    "cut",
    "bad_json",
    "empty",
    "errors_object",
    "hang",
    "slow",
    "expire_token",
    "redirect",
)
_LOGIN_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>"
    b'<form action="/sessions" method="post"><input name="user"></form></body></html>'
)
_FIXED: Final = {
    "html": Answer(200, _LOGIN_PAGE, HTML_MEDIA),
    "empty": Answer(200, b"", JSON_MEDIA),
    "errors_object": json_answer(200, {"errors": {"query": ["The request took too long."]}}),
    "expire_token": json_answer(401, {"errors": {"authorization": ["The token was revoked."]}}),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault: `do` happens to the requests that match, as often as the rest says.

    `do` is an HTTP status as text or one of `DEEDS`. `path` is a resource or a path (what lies
    below it is meant too), or a pattern with `*`; `query` names parameters the request must have.
    `nth` is the first matching request it happens to, `every` picks each so-many-th from there,
    `share` a seeded part of them, and `times` ends it: once if only `nth` is given, else never.
    `details`: `retry_after` (seconds, or "date" for a date `seconds` from now) and `body` for a
    status, `seconds` for slow, `location` for redirect.
    """

    do: str
    path: str | None = None
    method: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    nth: int | None = None
    times: int | None = None
    every: int | None = None
    share: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a rule that could never do anything."""
        status = int(self.do) if self.do.isascii() and self.do.isdigit() else 0
        if self.do not in DEEDS and not 200 <= status <= 599:  # noqa: PLR2004
            raise ValueError(f"no fault {self.do!r}; there are: a status, {', '.join(DEEDS)}")
        if any(count is not None and count < 1 for count in (self.nth, self.times, self.every)):
            raise ValueError("nth, times and every count from 1")
        unknown = self.details.keys() - {"retry_after", "body", "seconds", "location"}
        if unknown:
            raise ValueError(f"a fault has no detail {min(unknown)!r}")
        if number(self.details.get("seconds", 1)) is None:
            raise ValueError(f"seconds is {self.details['seconds']!r}; it takes a number")

    def matches(self, call: Call) -> bool:
        """Tell whether the rule is about this request."""
        if self.method is not None and self.method.upper() != call.method:
            return False
        if any((name, value) not in call.query for name, value in self.query.items()):
            return False
        if self.path is None:
            return True
        wanted = self.path.strip("/")
        places = (call.path.strip("/"), call.path.strip("/").removeprefix("api/"))
        return any(
            place == wanted or place.startswith(f"{wanted}/") or fnmatchcase(place, wanted)
            for place in places
        )


class _Counted:
    """A rule with the number of requests it has met and spoiled."""

    def __init__(self, rule: Rule, seed: str) -> None:
        self.rule = rule
        self._chance = random.Random(seed)  # noqa: S311 - seeded, for repeatable tests
        self._met = 0
        self._fired = 0

    def fires(self, call: Call) -> bool:
        rule = self.rule
        once = rule.nth is not None and rule.every is None and rule.share is None
        times = 1 if rule.times is None and once else rule.times
        if not rule.matches(call) or (times is not None and self._fired >= times):
            return False
        self._met += 1
        since = self._met - (rule.nth or 1)
        if since < 0:
            return False
        if rule.every is not None and (since + (rule.nth is None)) % rule.every:
            return False
        if rule.share is not None and self._chance.random() >= rule.share:
            return False
        self._fired += 1
        return True


class Faults:
    """The rules in the order they were added; the first that fires wins."""

    def __init__(self, seed: int, rude_share: float) -> None:
        """Start with the rude rules: a share of the GETs to the API meets a 503 or a 500."""
        self._seed = seed
        self._rules: list[_Counted] = []
        self._rude = [
            _Counted(Rule(do, "api/*", "GET", share=rude_share / 2), f"{seed}:{do}")
            for do in ("503", "500")
            if rude_share
        ]

    def add(self, rule: Rule) -> None:
        """Add a rule behind those that were added before."""
        self._rules.append(_Counted(rule, f"{self._seed}:{len(self._rules)}"))

    def pick(self, call: Call) -> Rule | None:
        """Return the rule that fires for this request."""
        return next((each.rule for each in (*self._rules, *self._rude) if each.fires(call)), None)


def spoiled(rule: Rule, honest: Callable[[], Answer]) -> Answer:
    """Return the answer a rule makes of a request; `cut`, `hang` and `slow` spoil its delivery."""
    if rule.do in {"cut", "slow"}:
        return honest()
    if rule.do == "bad_json":
        answer = honest()
        return replace(answer, body=answer.body[: len(answer.body) * 2 // 3] + b'{"')
    if rule.do == "redirect":
        location = str(rule.details.get("location", "/sessions/new"))
        return Answer(302, b"", HTML_MEDIA, (("Location", location),))
    return _FIXED[rule.do] if rule.do in _FIXED else _status(int(rule.do), rule.details)


def retry_after(form: str | float, seconds: float) -> tuple[str, str]:
    """Return a Retry-After header in seconds or, with the form "date", as a date."""
    if form == "date":
        return "Retry-After", formatdate(time() + seconds, usegmt=True)
    return "Retry-After", f"{form:g}" if isinstance(form, int | float) else str(form)


def _status(status: int, details: Mapping[str, Any]) -> Answer:
    headers: tuple[tuple[str, str], ...] = ()
    if "retry_after" in details:
        headers = (retry_after(details["retry_after"], details.get("seconds", 1)),)
    body = str(details.get("body", f"the sandbox answers {status} on purpose\n"))
    media = JSON_MEDIA if body.startswith(("{", "[")) else TEXT_MEDIA
    return Answer(status, body.encode(), media, headers)
