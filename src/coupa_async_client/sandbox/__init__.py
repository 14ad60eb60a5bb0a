"""A local Coupa for tests: OAuth2, the REST API with its grammar, its limits and its rudeness.

Needs the extra `[sandbox]`; shares no code with the client, so that a misreading of Coupa on one
side does not cancel out on the other.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coupa_async_client.sandbox.app import app_for
    from coupa_async_client.sandbox.config import Config
    from coupa_async_client.sandbox.server import Sandbox

__all__ = ["Config", "Sandbox", "app_for"]

_HOMES = {"Config": "config", "Sandbox": "server", "app_for": "app"}


def __getattr__(name: str) -> object:
    """Import the server when it is asked for, so that the shapes need no extra."""
    from importlib import import_module  # noqa: PLC0415 - nothing to pay for at import

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in {"starlette", "uvicorn", "msgspec"}:
            raise
        raise ImportError(
            f'the sandbox needs {missing}: pip install "coupa-async-client[sandbox]"'
        ) from error
