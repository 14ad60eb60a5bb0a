"""What the shell offers where a profile is named; nothing where there is none to be read."""

from contextlib import suppress

from coupa_async_client import CoupaConfigError
from coupa_async_client.profiles import profiles


def profile_names(incomplete: str) -> list[tuple[str, str]]:
    """Offer profiles, each with its host."""
    with suppress(CoupaConfigError):
        return [(each.name, each.host) for each in profiles() if each.name.startswith(incomplete)]
    return []
