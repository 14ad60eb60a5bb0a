"""What answers mean, one by one."""

import pickle

import pytest

from coupa_async_client import (
    CoupaAPIError,
    CoupaBadRequestError,
    CoupaForbiddenError,
    CoupaNotFoundError,
    CoupaRateLimitError,
    CoupaServerError,
    CoupaShapeError,
    Response,
)
from coupa_async_client._answers import raise_for_status, read_json, read_page, retry_after
from coupa_async_client.types import Request

ASKED = Request("GET", "https://x.example/api/invoices")


def answer(body, status=200, **headers):
    return Response(status, {k.replace("_", "-"): v for k, v in headers.items()}, body)


def test_rows_keep_the_bytes_they_came_with():
    body = b'[ {"id": 1, "total":"1.10"} ,\n{"id":123456789012345678901234567890,"x":[1, 2]}]'
    page = read_page(ASKED, answer(body))
    assert page.raw == (
        b'{"id": 1, "total":"1.10"}',
        b'{"id":123456789012345678901234567890,"x":[1, 2]}',
    )
    assert page.ids == (1, 123456789012345678901234567890)


@pytest.mark.parametrize("body", [b"[]", b" [ ]\n"])
def test_no_rows_is_an_empty_page(body):
    assert len(read_page(ASKED, answer(body))) == 0


@pytest.mark.parametrize(
    "body", [b"<errors><error>No results match</error></errors>", b"no results"]
)
def test_a_404_that_says_nothing_matched_is_an_empty_page(body):
    assert len(read_page(ASKED, answer(body, 404))) == 0


@pytest.mark.parametrize(
    ("body", "words", "transient"),
    [
        (b"<!DOCTYPE html><html>Sign in", "an HTML page", True),
        (b"", "an empty body", True),
        (b'[{"id":1},{"id', "truncated", True),
        (b'[{"id":1}] trailing', "trailing", True),
        (b'[{"name":"\xff"}]', "utf-8", True),
        (b'[{"id":1},{"caf\xe9":1}]', "utf-8", True),
        (b'[{"name":"\xc3"},{"\xa9":1}]', "utf-8", True),
        (b'[{"name":"\xed\xa0\xbd"}]', "utf-8", True),
        (b'{"errors":{"invoice":["bad filter"]}}', "errors (bad filter)", False),
        (b'{"id":1}', "something else", False),
        (b"null", "something else", False),
        (b"[1,2]", "row 0 of the answer is no object", False),
        (b'[{"id":1},null]', "row 1 of the answer is no object", False),
    ],
)
def test_a_200_that_is_no_page_is_never_taken_for_an_empty_one(body, words, transient):
    with pytest.raises(CoupaShapeError) as caught:
        read_page(ASKED, answer(body))
    assert words in str(caught.value)
    assert caught.value.transient is transient


def test_a_page_longer_than_coupas_cap_is_refused():
    with pytest.raises(CoupaShapeError, match="51 rows, more than the 50"):
        read_page(ASKED, answer(b"[" + b",".join([b"{}"] * 51) + b"]"))


def test_a_byte_order_mark_is_passed_over():
    """A gateway put a BOM before the JSON, and the whole resource could not be read."""
    assert read_page(ASKED, answer(b'\xef\xbb\xbf[{"id":1}]')).ids == (1,)


def test_half_an_emoji_spoils_no_resource():
    """A name cut in mid-emoji holds a lone surrogate; json.loads reads it, and so did 0.1.0."""
    body = b'[{"id":1,"name":"ok"} , {"id": 2, "name":"\\ud83d","x":1.10}\n]'
    page = read_page(ASKED, answer(body))
    assert page.raw == (b'{"id":1,"name":"ok"}', b'{"id": 2, "name":"\\ud83d","x":1.10}')
    assert page.ids == (1, 2)
    assert page[1]["name"] == "\ud83d"
    for broken in (body[:-3], b'{"name":"\\ud83d"}'):
        with pytest.raises(CoupaShapeError):
            read_page(ASKED, answer(broken))


def test_what_is_nested_too_deep_is_no_crash():
    deep = answer(b"[" * 100_000)
    with pytest.raises(CoupaShapeError):
        read_page(ASKED, deep)
    with pytest.raises(CoupaShapeError):
        read_json(ASKED, deep)
    with pytest.raises(CoupaServerError):
        raise_for_status(ASKED, answer(deep.body, 500))


def test_a_long_url_is_cut_in_messages():
    long = Request("GET", "https://x.example/api/invoices?id=" + "1" * 5_000)
    with pytest.raises(CoupaServerError) as caught:
        raise_for_status(long, answer(b"", 500))
    assert len(str(caught.value)) < 700


def test_the_seconds_that_coupa_asks_for_are_named():
    with pytest.raises(CoupaRateLimitError, match="asks to wait 3600 s"):
        raise_for_status(ASKED, answer(b"", 429, retry_after="3600"))


def test_a_question_that_is_too_long_for_the_server_says_so():
    """The message of a 414 was five hundred characters of the URL, and nothing to do about it."""
    with pytest.raises(CoupaAPIError, match="too long; give fewer fields and shorter lists"):
        read_json(ASKED, answer(b"", status=414))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, CoupaBadRequestError),
        (403, CoupaForbiddenError),
        (404, CoupaNotFoundError),
        (429, CoupaRateLimitError),
        (500, CoupaServerError),
        (599, CoupaServerError),
        (302, CoupaAPIError),
        (409, CoupaAPIError),
    ],
)
def test_each_refusal_has_its_kind(status, kind):
    body = b'{"errors":{"user":["Name is missing","Too old"],"warnings":["skip me"]}}'
    with pytest.raises(kind) as caught:
        raise_for_status(ASKED, answer(body, status, retry_after="7"))
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert type(error) is kind
    assert error.status == status
    assert error.messages == ("Name is missing", "Too old")
    assert error.retry_after == 7
    assert str(error).startswith(
        f"{status} from GET https://x.example/api/invoices: Name is missing"
    )
    assert error.snippet.startswith('{"errors"')


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        (b"<errors><error><![CDATA[Bad & worse]]></error><error>a &lt; b</error></errors>",
         ("Bad & worse", "a < b")),
        (b'{"error":"invalid_scope","error_description":"no"}', ("invalid_scope", "no")),
        (b'{"errors":["one",{"deep":["two",3," "]}]}', ("one", "two")),
        (b"gateway down", ()),
        (b"\xff\xfe", ()),
        (b"[1]", ()),
    ],
)  # fmt: skip
def test_coupas_own_words_are_found(body, messages):
    with pytest.raises(CoupaServerError) as caught:
        raise_for_status(ASKED, answer(body, 502))
    assert caught.value.messages == messages


def test_success_raises_nothing():
    assert raise_for_status(ASKED, answer(b"", 201)) is None


def test_a_record_is_any_json():
    assert read_json(ASKED, answer(b'{"id":7}')) == {"id": 7}
    assert read_json(ASKED, answer(b"", 204)) is None
    with pytest.raises(CoupaShapeError, match="instead of JSON"):
        read_json(ASKED, answer(b"%PDF-1.7"))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        (
            {
                "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT",
                "date": "Wed, 21 Oct 2026 07:28:00 GMT",
            },
            30,
        ),
        (
            {
                "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT",
                "date": "Wed, 21 Oct 2026 07:29:00 GMT",
            },
            0,
        ),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date_against_the_servers_clock(headers, seconds):
    assert retry_after(Response(429, headers, b"")) == seconds
