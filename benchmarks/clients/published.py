"""Drain with the published client 0.1.0, `async` or `sync`; runs in its own virtual environment."""

import asyncio

from task import Task, measured, measured_async, told

from coupa_async_client import CoupaAsyncClient, CoupaClient


async def by_async(task: Task) -> None:
    """Drain with asyncio, `slots` pages at a time."""
    async with CoupaAsyncClient(**task.credentials, default_concurrent=task.slots) as client:
        await measured_async(
            task, lambda resource: task.consume_async(client.iter_items(resource, params={}))
        )


def by_sync(task: Task) -> None:
    """Drain with plain Python, page after page."""
    with CoupaClient(**task.credentials) as client:
        measured(task, lambda resource: task.consume(client.items(resource, params={})))


if __name__ == "__main__":
    given = told()
    if given.face == "async":
        asyncio.run(by_async(given))
    else:
        by_sync(given)
