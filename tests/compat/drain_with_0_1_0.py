"""Drain resources with the published client 0.1.0; runs in its own virtual environment.

Prints one JSON line per resource: its name and the rows, in the order they came.
"""

import asyncio
import json
import os
import sys

from coupa_async_client import CoupaAsyncClient


async def main(resources):
    async with CoupaAsyncClient(
        base_url=os.environ["COUPA_BASE_URL"],
        token_url=os.environ["COUPA_TOKEN_URL"],
        client_id=os.environ["COUPA_CLIENT_ID"],
        client_secret=os.environ["COUPA_CLIENT_SECRET"],
        scopes=os.environ["COUPA_SCOPES"].split(),
        default_concurrent=4,
    ) as client:
        for resource in resources:
            rows = [row async for row in client.iter_items(resource, params={})]
            print(json.dumps({"resource": resource, "rows": rows}))


asyncio.run(main(sys.argv[1:]))
