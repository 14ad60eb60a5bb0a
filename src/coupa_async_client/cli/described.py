"""Which description of the API a command goes by: one that is named, the instance's, or the last."""

import os
from collections.abc import Sequence

from coupa_async_client import CoupaConfigError
from coupa_async_client.description import Description
from coupa_async_client.folders import cache_folder
from coupa_async_client.swagger import keep, last_loaded, load

from .connection import Connection
from .failures import say

VARIABLE = "COUPA_DESCRIPTION"


def named(sources: Sequence[str] | None) -> Description | None:
    """Load the description that an option or the environment names; None where neither does.

    Raises:
        CoupaConfigError: it cannot be read.
    """
    given = [each for each in sources or os.environ.get(VARIABLE, "").split(os.pathsep) if each]
    return load(given, cache=cache_folder()) if given else None


def described(sources: Sequence[str] | None, *, quiet: bool = False) -> Description:
    """Load the description that is named, or without one that was used last.

    Raises:
        CoupaConfigError: it cannot be read, or there is none.
    """
    if found := named(sources):
        return found
    cache = cache_folder()
    found = last_loaded(cache) if cache else None
    if found is None:
        msg = (
            "no API description is known; give Coupa's Swagger with --description FILE or FOLDER, "
            f"set {VARIABLE}, or fetch the one of your instance, which serves it at /api_docs/0.json, "
            "with --from-instance"
        )
        raise CoupaConfigError(msg)
    if not quiet:
        hosts = f" of {', '.join(found.hosts)}" if found.hosts else ""
        say(f"note: by the description{hosts} that was used last; --description names another")
    return found


def fetched(connection: Connection) -> Description:
    """Fetch the description that the instance serves, and keep it as the one used last.

    Raises:
        CoupaClientError: there is none, or none to be had.
    """
    with connection.client() as client:
        found = client.describe()
    if cache := cache_folder():
        keep(found, cache)
    return found
