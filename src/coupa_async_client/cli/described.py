"""Which description of the API a command goes by: the one that is named, or the one used last."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from coupa_async_client import CoupaConfigError
from coupa_async_client.description import Description
from coupa_async_client.swagger import last_loaded, load

from .failures import say

VARIABLE = "COUPA_DESCRIPTION"
_FOLDER = "coupa-async-client"


def described(sources: Sequence[str] | None, *, quiet: bool = False) -> Description:
    """Load the description that is named, or without one that was used last.

    Raises:
        CoupaConfigError: it cannot be read, or there is none.
    """
    cache = cache_folder()
    named = list(sources or os.environ.get(VARIABLE, "").split(os.pathsep))
    if any(named):
        return load([each for each in named if each], cache=cache)
    found = last_loaded(cache) if cache else None
    if found is None:
        msg = (
            "no API description is known; give Coupa's Swagger with --description FILE or FOLDER, or "
            f"set {VARIABLE}; an instance serves its own at /api_docs/0.json"
        )
        raise CoupaConfigError(msg)
    if not quiet:
        hosts = f" of {', '.join(found.hosts)}" if found.hosts else ""
        say(f"note: by the description{hosts} that was used last; --description names another")
    return found


def cache_folder() -> Path | None:
    """Return the platform's folder for what can be made again; None where nobody is at home."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local", _FOLDER, "Cache")
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / _FOLDER
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache", _FOLDER)
