"""Named profiles: which Coupa and as whom, in a file of the user's; the secrets are kept elsewhere.

What may stand in a profile is left to `_profile_table`, the system's keyring to `_keyring`.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Any

from . import _keyring
from ._ownership import objection
from ._profile_table import Profile, checked, tables
from ._settings import overruled
from .description.nearest import hint
from .errors import CoupaConfigError
from .folders import config_folder

__all__ = [
    "Profile",
    "arguments",
    "config_file",
    "find",
    "forget_secret",
    "keep_secret",
    "profiles",
]

_LARGEST = 2**20
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_EXAMPLE = '\n[{name}]\ninstance = "yourcompany"\nclient_id = "0123456789abcdef"'


def config_file() -> Path:
    """Return where the profiles are: `config.toml` in the platform's folder for settings.

    Raises:
        CoupaConfigError: nobody is at home.
    """
    folder = config_folder()
    if folder is None:
        msg = "no home folder is known, so there is no place for profiles; set HOME"
        raise CoupaConfigError(msg)
    return folder / "config.toml"


def profiles() -> list[Profile]:
    """Return every profile, in the order of the file.

    Raises:
        CoupaConfigError: there are none, or something is wrong with one, or with the file.
    """
    file = config_file()
    return [checked(name, table, file) for name, table in _tables(file, "prod").items()]


def find(name: str) -> Profile:
    """Return the profile of a name.

    Raises:
        CoupaConfigError: there is none, with the nearest names, or something is wrong with it.
    """
    file = config_file()
    found = _tables(file, name)
    if name not in found:
        near = hint(name, found) or f"; there are {', '.join(found)}"
        msg = f"there is no profile {name!r} in {file}{near}"
        raise CoupaConfigError(msg)
    return checked(name, found[name], file)


def arguments(
    name: str, options: Mapping[str, Any], environment: Mapping[str, str]
) -> dict[str, Any]:
    """Return a client's arguments by a profile: options win, and the environment gives the secret alone.

    Raises:
        CoupaConfigError: something is wrong with the profile, or no secret is to be had.
    """
    profile = find(name)
    found = overruled(profile.arguments, options)
    if not found.get("client_secret"):
        found["client_secret"] = _secret(profile, found, environment)
    return found


def keep_secret(profile: Profile, secret: str) -> None:
    """Keep a profile's secret in the system's keyring.

    Raises:
        CoupaConfigError: it is empty, or there is no keyring.
    """
    if not secret.strip():
        msg = f"the secret for profile {profile.name!r} is empty; nothing was kept"
        raise CoupaConfigError(msg)
    _keyring.keep(profile.account(), secret)


def forget_secret(profile: Profile) -> bool:
    """Remove a profile's secret from the system's keyring; tell whether it was there.

    Raises:
        CoupaConfigError: there is no keyring.
    """
    return _keyring.forget(profile.account())


def _tables(file: Path, wanted: str) -> Mapping[str, Any]:
    try:
        with open(file, "rb", opener=_opened) as opened:
            if reason := objection(os.fstat(opened.fileno()), str(file)):
                msg = f"the profiles are in {file}, {reason}; it must be yours alone"
                raise CoupaConfigError(msg)
            text = opened.read(_LARGEST).decode()
    except (FileNotFoundError, NotADirectoryError):
        text = ""
    except OSError as error:
        msg = (
            f"{file} cannot be read ({error.strerror}); mend that, or pass the arguments themselves"
        )
        raise CoupaConfigError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{file} is not TOML: byte {error.start} is no UTF-8; save it as UTF-8"
        raise CoupaConfigError(msg) from None  # the cause would carry the text
    found = tables(text, file)
    if not found:
        msg = f"there are no profiles yet; write {file} (then chmod 600), for example:"
        name = wanted if _BARE.fullmatch(wanted) else "prod"
        raise CoupaConfigError(msg + _EXAMPLE.format(name=name))
    return found


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe would be waited for


def _secret(profile: Profile, found: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    variable = profile.secret_env or "COUPA_CLIENT_SECRET"
    of = environment.get("COUPA_CLIENT_ID") or found.get("client_id")
    said = f"{variable} is not set"
    if given := environment.get(variable):
        if profile.secret_env or of == found.get("client_id"):
            return given
        said = f"{variable} stands beside the COUPA_CLIENT_ID of another client"
    try:
        if kept := _keyring.kept(profile.account(found)):
            return kept
        why = f"the system's keyring has none for {profile.account(found)}"
    except CoupaConfigError as error:
        why = str(error)
    msg = (
        f"no secret for profile {profile.name!r}: {said}, and {why}; set {variable}, or keep it with: "
        f"coupa profiles secret {quote(profile.name)}"
    )
    raise CoupaConfigError(msg)
