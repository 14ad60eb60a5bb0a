"""How a client comes about: arguments from the environment, and its parts put together."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._settings import Settings, environment_arguments, parse_dotenv
from ._transport import HttpTransport, Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._engine import Engine
    from .hooks import Hooks


def from_environment() -> dict[str, str]:
    """Read the constructor's arguments from the environment and a `.env` file, if there is one."""
    return environment_arguments(os.environ, _dotenv())


def by_profile(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Read the constructor's arguments from a named profile, and its secret from where that is."""
    from .profiles import arguments  # noqa: PLC0415  (nobody else needs it)

    return arguments(name, options, {**parse_dotenv(_dotenv()), **os.environ})


def _dotenv() -> str:
    dotenv = Path(".env")
    return dotenv.read_text(encoding="utf-8") if dotenv.is_file() else ""


def assembled(
    checked: Settings, network: Network | None, hooks: "Hooks | Sequence[Hooks] | None"
) -> "Engine":
    """Put the parts together.

    What only a client at work needs is loaded here and with its first page, not with the package:
    asyncio and msgspec would add a quarter to the import.
    """
    from ._budgets import budget_for  # noqa: PLC0415
    from ._engine import Engine  # noqa: PLC0415
    from ._token_store import TokenStore  # noqa: PLC0415
    from ._tokens import identity  # noqa: PLC0415

    name = identity(checked.token_url, checked.client_id, checked.client_secret, checked.scopes)
    store = TokenStore(name, checked.token_cache, shared=network is None)
    transport, budget = HttpTransport(checked, network), budget_for(checked)
    listeners = None
    if hooks is not None:
        from ._listeners import Listeners  # noqa: PLC0415  (nobody else needs it)

        listeners = Listeners(hooks)
    return Engine(checked, transport, store, budget=budget, listeners=listeners)
