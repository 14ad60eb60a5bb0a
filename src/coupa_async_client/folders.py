"""Where the platform keeps what belongs to a user: caches and settings. Nothing is made here."""

import os
import sys
from pathlib import Path

OURS = "coupa-async-client"


def user_cache() -> Path:
    """Return the user's folder for caches, which is the same in a session and out of one.

    The folder for run-time files is not: a job that cron starts may have none.

    Raises:
        RuntimeError: nobody is at home.
    """
    if sys.platform == "win32":
        return _named("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return _named("XDG_CACHE_HOME") or Path.home() / ".cache"


def cache_folder() -> Path | None:
    """Return the package's own folder for what can be made again; None where nobody is at home."""
    try:
        ours = user_cache() / OURS
    except RuntimeError:
        return None
    return ours / "Cache" if sys.platform == "win32" else ours


def config_folder() -> Path | None:
    """Return the package's own folder for what the user settles; None where nobody is at home."""
    try:
        if sys.platform == "win32":
            return (_named("APPDATA") or Path.home() / "AppData" / "Roaming") / OURS
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Application Support" / OURS
        return (_named("XDG_CONFIG_HOME") or Path.home() / ".config") / OURS
    except RuntimeError:
        return None


def _named(variable: str) -> Path | None:
    """Read a folder from the environment; a relative one does not count, as freedesktop.org has it."""
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else None
