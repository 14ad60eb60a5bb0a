"""Nothing that the library prints at DEBUG, raises, or hands out as an account holds a secret or token."""

import json
import logging
import traceback

import pytest

from coupa_async_client import CoupaClient, CoupaClientError, _token_store, auth
from coupa_async_client._locked import FileLock
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


@pytest.fixture(autouse=True)
def settling_soon(monkeypatch):
    monkeypatch.setattr(auth, "SETTLING", 0.05)


@pytest.fixture(params=["no cache", "a cache"])
def cache(request, tmp_path):
    return tmp_path / "tokens" if request.param == "a cache" else None


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_printed(way, face, cache, caplog, capfd):
    caplog.set_level(logging.DEBUG)

    def token(seen):
        return grant(f"token-{seen.turn + 1}")

    with Server(WAYS[way], token=token) as server:
        arguments = server.arguments(max_attempts=2, token_cache=cache)
        outcome = FACES[face](arguments, "invoices", paging="keyset")
        with CoupaClient(**arguments) as client:
            scan = client.scan("invoices")
            shown = [repr(client), repr(scan), repr(scan.receipt), json.dumps(scan.checkpoint)]
            parts = vars(client._client._engine.auth)
            shown += [repr(parts["_store"]), repr(parts["_token"]), repr(client._client._settings)]
    shown += [repr(_token_store._PLACES)]
    shown += [caplog.text, *capfd.readouterr(), repr(outcome.receipt)]
    error = outcome.error
    while isinstance(error, BaseException):
        shown += [repr(error), str(vars(error)), *traceback.format_exception(error)]
        error = error.__cause__
    assert isinstance(outcome.error, CoupaClientError | None)
    for secret in SECRETS:
        assert not [text for text in shown if secret in text]


def test_a_token_cache_that_will_not_do_shows_no_token(tmp_path, caplog, monkeypatch):
    """Whatever is wrong with the file, the complaint names it and not what is in it."""
    caplog.set_level(logging.DEBUG)
    cache = tmp_path / "tokens"
    with Server(PROPER, token=lambda seen: grant(f"token-{seen.turn + 1}")) as server:
        arguments = server.arguments(token_cache=cache)

        def read():
            _token_store.forget_tokens()
            with CoupaClient(**arguments) as client:
                client.get("invoices")

        read()
        monkeypatch.setattr(_token_store, "_PATIENCE", 0.05)
        with FileLock(tmp_path / "tokens.lock"):
            cache.write_bytes(cache.read_bytes()[:-9])
            read()
        (tmp_path / "tokens.new").mkdir()
        read()
        cache.chmod(0o644)
        with pytest.raises(CoupaClientError) as caught:
            read()
    shown = [caplog.text, *traceback.format_exception(caught.value)]
    assert "got no token" in caplog.text
    assert "was not written" in caplog.text
    for secret in SECRETS:
        assert not [text for text in shown if secret in text]
