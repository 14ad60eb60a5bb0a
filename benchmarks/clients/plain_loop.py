"""Drain with the loop that anybody would write on httpx2: one offset after the other."""

from collections.abc import Iterator
from typing import Any

import httpx2
from task import Task, measured, told

PAGE = 50


def rows(client: httpx2.Client, task: Task, resource: str) -> Iterator[dict[str, Any]]:
    """Yield row after row until a page is not full."""
    offset = 0
    while True:
        answer = client.get(
            f"{task.base_url}/{resource}", params={"offset": offset, "limit": PAGE}
        ).raise_for_status()
        page = answer.json()
        yield from page
        if len(page) < PAGE:
            return
        offset += PAGE


def sign_in(client: httpx2.Client, task: Task) -> None:
    """Fetch a token for every request from now on."""
    grant = {
        "grant_type": "client_credentials",
        "client_id": "id",
        "client_secret": "the-secret",
    }
    token = client.post(task.token_url, data=grant).raise_for_status().json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"


def main(task: Task) -> None:
    """Fetch a token with the first drain, then loop."""
    with httpx2.Client(headers={"Accept": "application/json"}) as client:

        def drain(resource: str) -> int:
            if "Authorization" not in client.headers:
                sign_in(client, task)
            return task.consume(rows(client, task, resource))

        measured(task, drain)


if __name__ == "__main__":
    main(told())
