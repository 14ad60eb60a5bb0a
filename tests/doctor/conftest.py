"""An examination without its pauses, and the lines of its report by what was looked at."""

import asyncio
from dataclasses import dataclass

import pytest

from coupa_async_client.doctor import Finding, Report, examine


@dataclass(frozen=True)
class Examined:
    """A report, and its findings by their check."""

    report: Report

    def __getitem__(self, check: str) -> Finding:
        [found] = [each for each in self.report.findings if each.check == check]
        return found

    @property
    def profile(self):
        return self.report.profile

    def with_verdict(self, verdict: str) -> list[str]:
        return [each.check for each in self.report.findings if each.verdict == verdict]


async def no_pause(_seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture(scope="session")
def examined():
    def run(arguments, *resources, **options):
        return Examined(examine(arguments, resources, **{"pause": no_pause, **options}))

    return run


def credentials(sandbox, **more):
    """Name a client's arguments for a sandbox."""
    return {
        "base_url": sandbox.base_url,
        "token_url": sandbox.token_url,
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        **more,
    }


@pytest.fixture(scope="session")
def arguments_of():
    return credentials
