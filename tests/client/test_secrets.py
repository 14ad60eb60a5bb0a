"""Nothing that the library prints at DEBUG, raises, or hands out as an account holds a secret or token."""

import json
import logging
import traceback

import pytest

from coupa_async_client import CoupaClient, CoupaClientError
from faces import FACES
from servers import Broken, Server, grant, http, serving

SECRETS = ("the-secret", "token-1", "token-2", "token-3", "Bearer token")
PROPER = serving(range(1, 400))


def echo(status):
    def answer(seen):
        return http(status, f'{{"errors": ["{seen.headers["authorization"]}"]}}'.encode())

    return answer


WAYS = {
    "all goes well": PROPER,
    "the token is revoked": lambda seen: http(401) if seen.token == "token-1" else PROPER(seen),  # noqa: S105
    "a refusal repeats it": echo(403),
    "a failure repeats it": echo(500),
    "a 200 repeats it": echo(200),
    "the connection breaks": lambda _: Broken(),
    "HTML repeats it": lambda seen: http(200, f"<html>{seen.token}".encode()),
}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_printed(way, face, caplog, capfd):
    caplog.set_level(logging.DEBUG)

    def token(seen):
        return grant(f"token-{seen.turn + 1}")

    with Server(WAYS[way], token=token) as server:
        outcome = FACES[face](server.arguments(max_attempts=2), "invoices", paging="keyset")
        with CoupaClient(**server.arguments()) as client:
            scan = client.scan("invoices")
            shown = [repr(client), repr(scan), repr(scan.receipt), json.dumps(scan.checkpoint)]
    shown += [caplog.text, *capfd.readouterr(), repr(outcome.receipt)]
    error = outcome.error
    while isinstance(error, BaseException):
        shown += [repr(error), str(vars(error)), *traceback.format_exception(error)]
        error = error.__cause__
    assert isinstance(outcome.error, CoupaClientError | None)
    for secret in SECRETS:
        assert not [text for text in shown if secret in text]
