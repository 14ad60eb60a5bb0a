"""Steers a sandbox in another process over HTTP: its journal, a reset, a fault."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from coupa_async_client.sandbox.exchange import Answer, Call, json_answer
from coupa_async_client.sandbox.faults import Faults, Rule
from coupa_async_client.sandbox.journal import Journal

PREFIX = "/__sandbox__/"


class _Controlled(Protocol):
    """What can be steered."""

    @property
    def journal(self) -> Journal: ...
    @property
    def faults(self) -> Faults: ...
    def reset(self) -> None: ...


def answer(call: Call, sandbox: _Controlled) -> Answer:
    """Answer `GET journal`, `POST reset` or `POST fault` below `/__sandbox__/`."""
    commands: Mapping[tuple[str, str], Callable[[], Answer]] = {
        ("GET", "journal"): lambda: json_answer(200, sandbox.journal.entries()),
        ("POST", "reset"): lambda: _reset(sandbox),
        ("POST", "fault"): lambda: _fault(call, sandbox),
    }
    command = commands.get((call.method, call.path.removeprefix(PREFIX)))
    if command is None:
        return json_answer(404, {"errors": {"path": ["GET journal, POST reset or POST fault"]}})
    return command()


def rule(do: str, named: Mapping[str, Any]) -> Rule:
    """Make a rule; names that are no part of one become its details.

    Raises:
        ValueError: there is no such fault.
    """
    own = {name: value for name, value in named.items() if name in Rule.__slots__}
    details = {name: value for name, value in named.items() if name not in own}
    return Rule(do=do, **{"details": details, **own})


def _reset(sandbox: _Controlled) -> Answer:
    sandbox.reset()
    return json_answer(200, {})


def _fault(call: Call, sandbox: _Controlled) -> Answer:
    try:
        named = msgspec.json.decode(call.body, type=dict[str, Any])
        sandbox.faults.add(rule(str(named.pop("do", "")), named))
    except (ValueError, TypeError) as error:
        return json_answer(400, {"errors": {"fault": [str(error)]}})
    return json_answer(201, {})
