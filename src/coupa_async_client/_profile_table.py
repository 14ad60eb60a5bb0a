"""What the config file says of a profile, checked: its keys are arguments of a client.

Pure: the file is handed in as its text.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

from ._settings import urls
from .description.nearest import hint
from .errors import CoupaConfigError

_TEXT = ((str,), "text")
_NUMBER = ((int, float), "a number")
_WHOLE = ((int,), "a whole number")
_KEYS: Mapping[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(("instance", "base_url", "token_url", "client_id", "client_secret_env"), _TEXT),
    **dict.fromkeys(("scopes", "description"), ((str, list), "text, or a list of texts")),
    **dict.fromkeys(("timeout", "rate"), _NUMBER),
    **dict.fromkeys(("burst", "max_attempts", "read_ahead"), _WHOLE),
    **dict.fromkeys(("default_page_size", "default_concurrent"), _WHOLE),
    **dict.fromkeys(("proxy", "token_cache", "budget", "on_misfit", "profile"), _TEXT),
    "verify": ((str, bool), "the path of a PEM file, or false"),
}
"""What a key of a profile may hold, and how to say so."""

_PATHS = ("token_cache", "verify", "description", "budget", "profile")


@dataclass(frozen=True, slots=True)
class Profile:
    """Which Coupa and as whom, by a name; the secret is kept elsewhere.

    `arguments` are a client's; `secret_env` names the variable that holds the secret, if it is not
    COUPA_CLIENT_SECRET.
    """

    name: str
    arguments: Mapping[str, Any] = field(repr=False)
    secret_env: str | None = None

    @property
    def host(self) -> str:
        """The host that it reads from."""
        base, _ = _urls(self.arguments)
        return urlsplit(base).netloc

    def account(self, arguments: Mapping[str, Any] | None = None) -> str:
        """Return by what a keyring knows its secret: the client, and the host that gives the token.

        With the final `arguments` of a client, where some were overruled.

        Raises:
            CoupaConfigError: no client_id is known.
        """
        found = self.arguments if arguments is None else arguments
        if not found.get("client_id"):
            msg = f"profile {self.name!r} has no client_id; write it into the profile"
            raise CoupaConfigError(msg)
        _, token_url = _urls(found)
        return f"{found['client_id']}@{urlsplit(token_url).netloc.lower()}"


def tables(text: str, file: Path) -> Mapping[str, Any]:
    """Read the profiles of a config file, not checked yet.

    Raises:
        CoupaConfigError: it is no TOML, or a key stands outside of every profile.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{file} is not TOML: {error}; mend that line"
        raise CoupaConfigError(msg) from None  # the cause would carry the text
    for name, value in found.items():
        if not isinstance(value, dict):
            msg = f"{name} stands outside of every profile in {file}; put it below a line [NAME]"
            raise CoupaConfigError(msg)
    return found


def checked(name: str, table: Mapping[str, Any], file: Path) -> Profile:
    """Make a profile of its table; paths in it are relative to the file.

    Raises:
        CoupaConfigError: names the key, and the remedy; never the value of a secret.
    """
    where = f"profile {name!r} in {file}"
    for key, value in table.items():
        if key == "client_secret":
            msg = (
                f"{where} holds a client_secret, which does not belong into a file; take it out, and "
                f"keep it in the system's keyring (coupa profiles secret {quote(name)}) or the environment "
                "(COUPA_CLIENT_SECRET, or the variable that client_secret_env names)"
            )
            raise CoupaConfigError(msg)
        if key not in _KEYS:
            near = hint(key, _KEYS) or f"; there are {', '.join(sorted(_KEYS))}"
            msg = f"{where} has the key {key!r}, which is none{near}"
            raise CoupaConfigError(msg)
        kinds, said = _KEYS[key]
        if not _is_one_of(kinds, value):
            msg = f"{where}: {key} is {_shown(value)}; give {said}"
            raise CoupaConfigError(msg)
    arguments = {key: _placed(key, value, file.parent) for key, value in table.items()}
    secret_env = arguments.pop("client_secret_env", None)
    if not {"instance", "base_url"} & arguments.keys():
        msg = f'{where} names no host; write into it: instance = "yourcompany"'
        raise CoupaConfigError(msg)
    try:
        _urls(arguments)
    except CoupaConfigError as error:
        msg = f"{where}: {error}"
        raise CoupaConfigError(msg) from None
    return Profile(name, arguments, secret_env)


def _urls(arguments: Mapping[str, Any]) -> tuple[str, str]:
    return urls(*(arguments.get(key) for key in ("base_url", "token_url", "instance")))


def _is_one_of(kinds: tuple[type, ...], value: object) -> bool:
    if isinstance(value, list):
        return list in kinds and all(isinstance(each, str) for each in value)
    if isinstance(value, bool):
        return bool in kinds
    return isinstance(value, kinds)


def _shown(value: object) -> str:
    """Show a value that is in the wrong place, as far as none can be a password there."""
    if isinstance(value, str | int | float):
        return repr(value)
    return "a table" if isinstance(value, dict) else f"a {type(value).__name__}"


def _placed(key: str, value: Any, folder: Path) -> Any:  # noqa: ANN401  (checked above)
    """Let a relative path start from the folder; a budget may be a name or a URL instead."""
    if isinstance(value, list):
        return [_placed(key, each, folder) for each in value]
    if not isinstance(value, str) or key not in _PATHS:
        return value
    is_path = "://" not in value and any(s in value for s in (os.sep, os.altsep) if s)
    if key == "budget" and not is_path:
        return value
    try:
        return str(folder / Path(value).expanduser())
    except RuntimeError as error:
        msg = f"{key} is {value!r}: {error}; write the path out"
        raise CoupaConfigError(msg) from error
