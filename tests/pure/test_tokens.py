"""A token's life as arithmetic, and what is believed of a file that holds some."""

import json
from urllib.parse import quote

import hypothesis.strategies as st
import pytest
from hypothesis import given

from coupa_async_client._tokens import (
    LONGEST_LIFE,
    Token,
    fits_a_header,
    identity,
    spelled,
    understood,
)

HOUR = 3600.0
NOW = 1_800_000_000.0
SECRET = "p/+ s€cret"  # noqa: S105

texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
lives = st.tuples(st.floats(0, LONGEST_LIFE), st.floats(0.01, LONGEST_LIFE))


def living(text="t", *, ago=HOUR, left=HOUR):
    return Token(text, NOW - ago, NOW + left)


@pytest.mark.parametrize(
    ("life", "not_yet", "due"),
    [(24 * HOUR, 20 * HOUR - 1, 20 * HOUR), (60, 49.9, 50.1), (10, 8.3, 8.4), (2, 1.6, 1.7)],
)
def test_a_token_is_due_after_five_sixths_of_its_life(life, not_yet, due):
    token = Token("t", 100.0, 100.0 + life)
    assert not token.due(100.0 + not_yet)
    assert token.due(100.0 + due)
    assert not token.fresh(100.0 + life)
    assert token.alive(100.0 + due)
    assert not token.alive(100.0 + life)


def test_a_token_keeps_its_life_on_another_clock():
    moved = Token("t", 5.0, 15.0, own=True).moved(-7.0)
    assert moved == Token("t", -2.0, 8.0, own=True)


def test_a_token_does_not_show_its_text():
    assert "hush" not in repr(Token("hush", 0, 1))


@pytest.mark.parametrize(
    "other",
    [
        ("https://b.example/t", "id", SECRET, ["a", "b"]),
        ("https://a.example/t", "id2", SECRET, ["a", "b"]),
        ("https://a.example/t", "id", "other", ["a", "b"]),
        ("https://a.example/t", "id", SECRET, ["a"]),
        ("https://a.example/t", "id", SECRET, []),
        ("https://a.example/t", "id" + SECRET, "", ["a", "b"]),
    ],
)
def test_other_credentials_have_another_identity(other):
    assert identity(*other) != identity("https://a.example/t", "id", SECRET, ["a", "b"])


def test_the_order_of_scopes_does_not_matter_to_the_identity():
    assert identity("u", "i", "s", ["b", "a", "a"]) == identity("u", "i", "s", ("a", "b"))


def test_an_identity_does_not_hold_the_secret():
    name = identity("u", "i", SECRET, [])
    assert SECRET not in name
    assert quote(SECRET) not in name
    assert len(name) == 64


@given(st.dictionaries(st.text(), st.tuples(texts, lives)))
def test_what_is_spelled_is_understood(entries):
    tokens = {
        name: Token(text, NOW - ago, NOW + left) for name, (text, (ago, left)) in entries.items()
    }
    assert understood(spelled(tokens), NOW) == tokens


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(content):
    assert understood(content, NOW) == {}


@given(st.data())
def test_a_file_that_is_cut_anywhere_holds_no_token(data):
    content = spelled({"a": living(), "b": living("u")})
    assert understood(content[: data.draw(st.integers(0, len(content) - 1))], NOW) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        json.dumps({"version": 2, "tokens": {}}).encode(),
        json.dumps({"version": 1, "tokens": {"a": "token"}}).encode(),
        json.dumps(
            {"version": 1, "tokens": {"a": {"access_token": 7, "born": NOW, "expires": NOW + 9}}}
        ).encode(),
        b'{"version":1,"tokens":{"a":{"access_token":"t","born":0,"expires":1e999}}}',
    ],
)
def test_a_damaged_file_or_one_of_a_later_version_counts_as_empty(content):
    assert understood(content, NOW) == {}


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(living(left=0.0), id="has-ended"),
        pytest.param(living(ago=-1.0), id="born-in-the-future"),
        pytest.param(living(left=LONGEST_LIFE + 1), id="lives-too-long"),
        pytest.param(Token("t", NOW - 5, NOW - 9), id="ended-before-it-was-born"),
        pytest.param(living("two words"), id="two-words"),
        pytest.param(living("a\nHost: b"), id="a-header-of-its-own"),
        pytest.param(living("tök"), id="no-ascii"),
        pytest.param(living(""), id="empty"),
    ],
)
def test_a_token_that_is_not_to_be_trusted_is_left_out_alone(token):
    assert understood(spelled({"bad": token, "good": living()}), NOW) == {"good": living()}


def test_a_file_does_not_say_whose_token_it_is():
    claim = {"access_token": "t", "born": NOW - HOUR, "expires": NOW + HOUR, "own": True}
    content = json.dumps({"version": 1, "tokens": {"a": claim}}).encode()
    assert understood(content, NOW) == {"a": living()}


def test_a_usual_token_fits_a_header():
    assert fits_a_header("eyJhbGciOi.J9-_~+/=")
