"""Odd places to call from: a notebook's running loop, many threads; none brings fewer rows."""

import asyncio
import threading

import pytest

from coupa_async_client import CoupaAsyncClient, CoupaClient
from servers import Server, serving

IDS = list(range(1, 731))


@pytest.mark.anyio
async def test_both_clients_work_inside_a_running_loop_as_in_a_notebook():
    with Server(serving(IDS)) as server:
        with CoupaClient(**server.arguments()) as client:
            assert sorted(row["id"] for row in client.scan("invoices")) == IDS
        async with CoupaAsyncClient(**server.arguments()) as client:
            assert sorted([row["id"] async for row in client.scan("invoices")]) == IDS


def test_eight_threads_share_one_sync_client():
    with Server(serving(IDS)) as server, CoupaClient(**server.arguments()) as client:
        came = []

        def read():
            came.append(sorted(row["id"] for row in client.scan("invoices")))

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert came == [IDS] * 8
        assert len(server.tokens) == 1


def test_many_scans_of_one_async_client_at_once():
    async def main(arguments):
        async with CoupaAsyncClient(**arguments) as client:
            scans = [client.scan("invoices").collect() for _ in range(8)]
            return [sorted(row["id"] for row in rows) for rows in await asyncio.gather(*scans)]

    with Server(serving(IDS)) as server:
        assert asyncio.run(main(server.arguments())) == [IDS] * 8
