"""A polite sandbox as a pytest fixture, for `pytest_plugins` in a conftest."""

from collections.abc import Iterator

import pytest

from coupa_async_client.sandbox.server import Sandbox


@pytest.fixture
def coupa_sandbox() -> Iterator[Sandbox]:
    """Serve a polite local Coupa for one test, with fresh rows and an empty journal."""
    with Sandbox(polite=True) as sandbox:
        yield sandbox
