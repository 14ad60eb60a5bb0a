"""The first row is there after the token and one page; after one page, where the token is at hand."""

import threading
from collections import defaultdict
from contextlib import aclosing, closing

import anyio
import pytest

from coupa_async_client import CoupaAsyncClient, CoupaClient
from coupa_async_client._token_store import forget_tokens
from servers import Server, serving

AT_HAND = ["nothing", "another client's token", "the token cache"]


def first_async(arguments, resource, **options):
    async def first():
        async with (
            CoupaAsyncClient(**arguments) as client,
            aclosing(aiter(client.scan(resource, **options))) as rows,
        ):
            return await anext(rows)

    return anyio.run(first)


def first_sync(arguments, resource, **options):
    with (
        CoupaClient(**arguments) as client,
        closing(iter(client.scan(resource, **options))) as rows,
    ):
        return next(rows)


FIRST = {"async": first_async, "sync": first_sync}


class Miser:
    """Answers the first request for a resource, and no other before the test lets it."""

    def __init__(self):
        self.proper = serving(range(1, 5001))
        self.open = defaultdict(threading.Event)
        self.unasked = []

    def __call__(self, seen):
        resource = seen.path.removeprefix("/api/")
        if seen.turn and not self.open[resource].wait(5):
            self.unasked.append(seen.query)
        return self.proper(seen)


@pytest.mark.parametrize("face", FIRST)
@pytest.mark.parametrize("paging", ["auto", "keyset", "offset"])
@pytest.mark.parametrize("at_hand", AT_HAND)
def test_the_first_row_takes_the_token_and_one_page(tmp_path, face, paging, at_hand):
    miser = Miser()
    with Server(miser) as server:
        arguments = server.arguments(token_cache=tmp_path / "tokens")
        if at_hand != "nothing":
            first_sync(arguments, "suppliers", max_items=1)
        if at_hand == "the token cache":
            forget_tokens()
        asked = len(server.tokens)
        assert FIRST[face](arguments, "invoices", paging=paging) == {"id": 1}
        tokens = len(server.tokens) - asked
        for resource in ("suppliers", "invoices"):
            miser.open[resource].set()
    assert tokens == (1 if at_hand == "nothing" else 0)
    assert miser.unasked == []
