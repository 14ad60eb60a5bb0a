"""A process that shares a budget: reads page after page until it is killed.

`sharer.py ARGUMENTS RESOURCE`, with the client's arguments as JSON.
"""

import asyncio
import json
import sys

from coupa_async_client import CoupaAsyncClient


async def read(arguments: dict[str, object], resource: str) -> None:
    async with CoupaAsyncClient(**arguments) as client:
        async for _ in client.scan(resource, paging="offset", page_size=1).pages():
            pass


if __name__ == "__main__":
    asyncio.run(read(json.loads(sys.argv[1]), sys.argv[2]))
