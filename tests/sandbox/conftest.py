"""A standard-library HTTP client for the sandbox: the library's own is never used here."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest

from coupa_async_client.sandbox import Sandbox


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body, parse_float=Decimal)

    @property
    def ids(self) -> list[int]:
        return [row["id"] for row in self.json]


class Caller:
    """Talks to one sandbox, each request on a connection of its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.bearer = ""

    def send(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 10,
    ) -> Reply:
        connection = HTTPConnection(self.sandbox.url.removeprefix("http://"), timeout=timeout)
        try:
            connection.request(method, target, body, headers or {})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, names, response.read())
        finally:
            connection.close()

    def token(self, headers: dict[str, str] | None = None, **form: str | None) -> Reply:
        usual = {
            "client_id": self.sandbox.client_id,
            "client_secret": self.sandbox.client_secret,
            "grant_type": "client_credentials",
        }
        sent = {name: value for name, value in {**usual, **form}.items() if value is not None}
        media = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", "/oauth2/token", urlencode(sent).encode(), media | (headers or {}))

    def log_in(self) -> "Caller":
        self.bearer = self.token().json["access_token"]
        return self

    def api(
        self,
        path: str,
        query: dict[str, Any] | str = "",
        *,
        method: str = "GET",
        body: Any = None,
        accept: str | None = "application/json",
    ) -> Reply:
        headers = {"Authorization": f"Bearer {self.bearer}"}
        if accept is not None:
            headers["Accept"] = accept
        text = query if isinstance(query, str) else urlencode(query)
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return self.send(method, f"/api/{path}" + (f"?{text}" if text else ""), content, headers)

    def drain(self, resource: str, query: dict[str, Any], limit: int = 50) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while True:
            page = self.api(resource, {**query, "limit": limit, "offset": len(rows)}).json
            rows += page
            if len(page) < limit:
                return rows


@pytest.fixture
def serve() -> Iterator[Callable[..., Caller]]:
    """Start sandboxes that are polite and unthrottled unless the knobs say otherwise."""
    with ExitStack() as stack:

        def start(**knobs: Any) -> Caller:
            settings = {"polite": True, "throttle": "off", **knobs}
            return Caller(stack.enter_context(Sandbox(**settings))).log_in()

        yield start


@pytest.fixture(scope="session")
def _still() -> Iterator[Sandbox]:
    with Sandbox(polite=True, throttle="off", rows={"invoices": 300}) as sandbox:
        yield sandbox


@pytest.fixture
def coupa(_still: Sandbox) -> Caller:
    """A polite sandbox of 300 invoices, as it was at the start."""
    _still.reset()
    return Caller(_still).log_in()
