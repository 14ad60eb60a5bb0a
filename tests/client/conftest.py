"""A polite sandbox without a speed limit, and clients for it."""

import pytest

from coupa_async_client import CoupaAsyncClient, CoupaClient
from coupa_async_client.sandbox import Sandbox
from faces import FACES

SIZES = {"invoices": 520, "approvals": 1000, "suppliers": 130, "users": 30, "contracts": 0}


@pytest.fixture(scope="package")
def shared():
    """One sandbox for tests that only read."""
    with Sandbox(polite=True, throttle="off", rows=SIZES) as sandbox:
        yield sandbox


@pytest.fixture
def arguments(shared):
    return {
        "base_url": shared.base_url,
        "token_url": shared.token_url,
        "client_id": shared.client_id,
        "client_secret": shared.client_secret,
        "rate": None,
    }


@pytest.fixture
async def client(arguments):
    async with CoupaAsyncClient(**arguments) as client:
        yield client


@pytest.fixture
def sync_client(arguments):
    with CoupaClient(**arguments) as client:
        yield client


@pytest.fixture(params=FACES)
def drain(request):
    """Drain a scan by one face of the library; each test runs once per face."""
    return FACES[request.param]
