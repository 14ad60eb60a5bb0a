"""Which Coupa, as whom and how fast: options of the command line over the environment and .env."""

from dataclasses import dataclass
from typing import Any

from coupa_async_client import CoupaClient


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection options of one command line; None for those that were not given."""

    instance: str | None
    base_url: str | None
    token_url: str | None
    client_id: str | None
    client_secret: str | None
    scopes: str | None
    timeout: float | None
    rate: float | None
    budget: str | None
    max_attempts: int | None
    ca_file: str | None
    proxy: str | None

    def client(self) -> CoupaClient:
        """Make the client; nothing is sent yet.

        Raises:
            CoupaConfigError: something is missing or wrong.
        """
        options: dict[str, Any] = {
            "instance": self.instance,
            "base_url": self.base_url,
            "token_url": self.token_url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "scopes": self.scopes,
            "timeout": self.timeout,
            "rate": self.rate,
            "budget": self.budget,
            "max_attempts": self.max_attempts,
            "verify": self.ca_file,
            "proxy": self.proxy,
        }
        given = {name: value for name, value in options.items() if value is not None}
        return CoupaClient.from_env(**given)
