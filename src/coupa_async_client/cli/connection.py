"""Which Coupa, as whom and how fast: options of the command line over a profile or the environment."""

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import wraps
from typing import Annotated, Any

import typer

from coupa_async_client import CoupaClient

from .profile_names import profile_names

_PANEL = "Connection (default: environment variables COUPA_..., then .env)"
_PROFILE = "COUPA_PROFILE"


def _option(name: str, help_: str, **more: Any) -> object:  # noqa: ANN401  (typer's)
    return typer.Option(name, help=help_, rich_help_panel=_PANEL, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The connection options of one command line; None for those that were not given."""

    profile: Annotated[
        str | None,
        _option(
            "--profile",
            f"A profile of the config file in place of the environment; or set {_PROFILE}.",
            metavar="NAME",
            autocompletion=profile_names,
        ),
    ] = None
    instance: Annotated[
        str | None,
        _option(
            "--instance", "yourcompany or yourcompany.coupahost.com; both URLs follow from it."
        ),
    ] = None
    base_url: Annotated[
        str | None, _option("--base-url", "https://yourcompany.coupahost.com/api")
    ] = None
    token_url: Annotated[
        str | None,
        _option(
            "--token-url", "Where tokens come from; /oauth2/token on the same host by default."
        ),
    ] = None
    client_id: Annotated[str | None, _option("--client-id", "COUPA_CLIENT_ID")] = None
    client_secret: Annotated[
        str | None,
        _option(
            "--client-secret",
            "Better in COUPA_CLIENT_SECRET: command lines are there for all to see.",
        ),
    ] = None
    scopes: Annotated[str | None, _option("--scopes", "Such as core.invoice.read,openid.")] = None
    timeout: Annotated[
        float | None, _option("--timeout", "Seconds to wait for an answer (60).")
    ] = None
    rate: Annotated[float | None, _option("--rate", "Requests a second (25).")] = None
    budget: Annotated[
        str | None,
        _option(
            "--budget",
            "Share the rate with all that name the same; a path, or a URL of Redis in COUPA_BUDGET.",
            metavar="NAME",
        ),
    ] = None
    max_attempts: Annotated[int | None, _option("--max-attempts", "Tries per request (6).")] = None
    verify: Annotated[
        str | None,
        _option("--ca-file", "PEM file of certificates to trust instead of the system's."),
    ] = None
    proxy: Annotated[str | None, _option("--proxy", "For example http://proxy:8080.")] = None

    def client(self, **more: Any) -> CoupaClient:  # noqa: ANN401  (the client checks them)
        """Make the client, with more arguments than the options name; nothing is sent yet.

        Raises:
            CoupaConfigError: something is missing or wrong.
        """
        profile, given = self._given(more)
        if profile:
            return CoupaClient.from_profile(profile, **given)
        return CoupaClient.from_env(**given)

    def arguments(self) -> dict[str, Any]:
        """Return a client's arguments, whole or not.

        Raises:
            CoupaConfigError: a named profile is missing or wrong.
        """
        from coupa_async_client.doctor import arguments  # noqa: PLC0415  (see examining.py)

        profile, given = self._given({})
        return arguments(profile, **given)

    def _given(self, more: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
        """Return the named profile, if any, and the arguments that options give."""
        options = {each.name: getattr(self, each.name) for each in fields(self)}
        profile = options.pop("profile") or os.environ.get(_PROFILE)
        return profile, {
            name: value for name, value in (options | dict(more)).items() if value is not None
        }


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every option of a connection, in place of its parameter `connection`."""
    options = [
        inspect.Parameter(
            each.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=each.type
        )
        for each in fields(Connection)
    ]

    @wraps(command)
    def with_options(*arguments: Any, **given: Any) -> None:  # noqa: ANN401  (the command's own)
        connection = Connection(**{each.name: given.pop(each.name) for each in options})
        command(*arguments, connection=connection, **given)

    signature = inspect.signature(command)
    own = [each for each in signature.parameters.values() if each.name != "connection"]
    with_options.__signature__ = signature.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
    return with_options
