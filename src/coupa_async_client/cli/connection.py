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
    max_attempts: int | None
    ca_file: str | None
    proxy: str | None

    def client(self) -> CoupaClient:
        """Make the client; nothing is sent yet.

        Raises:
            CoupaConfigError: something is missing or wrong.
        """
        urls = {
            "instance": self.instance,
            "base_url": self.base_url,
            "token_url": self.token_url,
        }
        others = {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "scopes": self.scopes,
            "timeout": self.timeout,
            "rate": self.rate,
            "max_attempts": self.max_attempts,
            "verify": self.ca_file,
            "proxy": self.proxy,
        }
        given: dict[str, Any] = {name: value for name, value in others.items() if value is not None}
        if self.instance or self.base_url:
            # A host named here must not be mixed with one that the environment names.
            given |= urls
        elif self.token_url:
            given["token_url"] = self.token_url
        return CoupaClient.from_env(**given)
