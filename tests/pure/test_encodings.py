"""Bodies out of their encodings: whole or an error, by either library, and never more than may be."""

import gzip
import zlib
from importlib import import_module
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coupa_async_client import _encodings
from coupa_async_client._encodings import TooLargeError, UndecodableError, decoded

MOST = 10_000
BODY = b'[{"id":1,"name":"Z\xc3\xbcrich"}]' * 40
GZIP = gzip.compress(BODY, mtime=0)


LIBRARIES = ("zlib", "isal.isal_zlib") if find_spec("isal") else ("zlib",)


@pytest.fixture(params=LIBRARIES, autouse=True)
def library(request, monkeypatch):
    monkeypatch.setattr(_encodings, "_inflating", import_module(request.param))


@pytest.mark.parametrize("length", range(1, len(GZIP)))
def test_a_body_that_is_cut_anywhere_is_an_error(length):
    with pytest.raises(UndecodableError):
        decoded(GZIP[:length], "gzip", MOST)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(GZIP) - 1), st.integers(1, 255))
def test_a_damaged_body_is_an_error_or_as_it_was(place, change):
    damaged = bytearray(GZIP)
    damaged[place] ^= change
    try:
        found = decoded(bytes(damaged), "gzip", MOST)
    except (UndecodableError, TooLargeError):
        return
    assert found == BODY


@pytest.mark.parametrize(
    ("body", "encodings"),
    [
        (BODY, "gzip"),
        (BODY, "deflate"),
        (GZIP, "br"),
        (GZIP, "gzip, zstd"),
        (GZIP, "br, gzip"),
        (GZIP, "gzip, gzip"),
    ],
)
def test_what_is_not_in_the_encoding_it_names_or_in_one_not_asked_for_is_an_error(body, encodings):
    with pytest.raises(UndecodableError, match=r"\w"):
        decoded(body, encodings, MOST)


def test_an_encoding_that_was_not_asked_for_is_named():
    with pytest.raises(UndecodableError, match="comes as br, though gzip was asked for"):
        decoded(GZIP, "br", MOST)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_never_unpacked(layers):
    bomb = b" " * 3_000_000
    for _ in range(layers):
        bomb = gzip.compress(bomb)
    with pytest.raises(TooLargeError):
        decoded(bomb, ", ".join(["gzip"] * layers), MOST)


def test_the_most_that_may_be_may_be():
    assert decoded(GZIP, "gzip", len(BODY)) == BODY
    with pytest.raises(TooLargeError):
        decoded(GZIP, "gzip", len(BODY) - 1)


@pytest.mark.parametrize(
    ("body", "encodings"),
    [
        (BODY, ""),
        (BODY, "identity"),
        (GZIP, "gzip"),
        (GZIP, " X-GZip "),
        (zlib.compress(BODY), "deflate"),
        (gzip.compress(GZIP), "gzip, gzip"),
        (gzip.compress(zlib.compress(BODY)), "deflate,identity ,gzip"),
    ],
)
def test_encodings_are_taken_off_from_the_last_to_the_first(body, encodings):
    assert decoded(body, encodings, MOST) == BODY


@pytest.mark.parametrize("encodings", ["", "gzip", "br"])
def test_no_body_is_in_no_encoding(encodings):
    assert decoded(b"", encodings, MOST) == b""
