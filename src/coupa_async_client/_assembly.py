"""How a client comes about: arguments from the environment, and its parts put together."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ._settings import Settings, environment_arguments
from ._transport import HttpTransport, Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._engine import Engine
    from .hooks import Hooks


def from_environment() -> dict[str, str]:
    """Read the constructor's arguments from the environment and a `.env` file, if there is one."""
    dotenv = Path(".env")
    text = dotenv.read_text(encoding="utf-8") if dotenv.is_file() else ""
    return environment_arguments(os.environ, text)


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
