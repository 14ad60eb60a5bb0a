"""A client's arguments: each wrong one is named with its remedy, and no secret is shown."""

import pytest

from coupa_async_client import CoupaConfigError
from coupa_async_client._settings import (
    environment_arguments,
    is_loopback,
    overruled,
    page_size,
    parse_dotenv,
    scope_names,
    settings,
)

CREDENTIALS = {"client_id": "id", "client_secret": "hush"}


def made(**arguments):
    return settings(**{"instance": "acme", **CREDENTIALS, **arguments})


@pytest.mark.parametrize(
    ("arguments", "base", "token"),
    [
        (
            {"instance": "acme"},
            "https://acme.coupahost.com/api",
            "https://acme.coupahost.com/oauth2/token",
        ),
        (
            {"instance": "acme.coupacloud.com"},
            "https://acme.coupacloud.com/api",
            "https://acme.coupacloud.com/oauth2/token",
        ),
        (
            {"base_url": "https://acme.coupahost.com/api/"},
            "https://acme.coupahost.com/api",
            "https://acme.coupahost.com/oauth2/token",
        ),
        (
            {"base_url": "http://127.0.0.1:81/api", "token_url": "http://localhost:81/t"},
            "http://127.0.0.1:81/api",
            "http://localhost:81/t",
        ),
        (
            {"base_url": "http://[::1]:81/api"},
            "http://[::1]:81/api",
            "http://[::1]:81/oauth2/token",
        ),
    ],
)
def test_both_urls_follow_from_what_is_given(arguments, base, token):
    made = settings(**arguments, **CREDENTIALS)
    assert (made.base_url, made.token_url) == (base, token)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"instance": None}, "neither base_url nor instance"),
        ({"instance": "https://acme.coupahost.com"}, "host alone"),
        ({"instance": "acme/.."}, "host alone"),
        ({"base_url": "http://acme.coupahost.com/api"}, "use https"),
        ({"base_url": "http://127.0.0.1.evil.example/api"}, "use https"),
        ({"base_url": "http://[::ffff/api"}, "write it out"),
        ({"base_url": "https://acme:port/api"}, "write it out"),
        ({"base_url": "ftp://acme.coupahost.com"}, "write it out"),
        ({"base_url": "acme.coupahost.com/api"}, "write it out"),
        ({"base_url": "https://user:hush@acme.coupahost.com/api"}, "carries a user or password"),
        ({"base_url": "https://acme.coupahost.com/api?x=1"}, "leave out the part"),
        ({"base_url": "https://acme.coupahost.com/api#"}, "leave out the part"),
        ({"base_url": "https://acme.coupahost.com/a pi"}, "write it out"),
        ({"base_url": "https://acme.coupahost.com/\tapi"}, "write it out"),
        ({"token_url": "http://acme.coupahost.com/oauth2/token"}, "token_url"),
        ({"client_id": ""}, "COUPA_CLIENT_ID"),
        ({"client_secret": None}, "COUPA_CLIENT_SECRET"),
        ({"client_secret": "  "}, "client_secret is missing"),
        ({"timeout": 0}, "timeout is 0"),
        ({"timeout": float("inf")}, "timeout is inf"),
        ({"timeout": "60"}, "timeout is '60'"),
        ({"rate": -1}, "rate is -1"),
        ({"burst": 0}, "burst is 0"),
        ({"max_attempts": 0}, "max_attempts is 0"),
        ({"read_ahead": 0}, "read_ahead is 0"),
        ({"default_concurrent": 0}, "default_concurrent is 0"),
        ({"default_page_size": -5}, "default_page_size is -5"),
        ({"default_page_size": True}, "default_page_size is True"),
        ({"default_page_size": 2.5}, "default_page_size is 2.5"),
    ],
)
def test_a_wrong_argument_is_named_with_its_remedy(arguments, words):
    with pytest.raises(CoupaConfigError) as caught:
        made(**arguments)
    assert words in str(caught.value)
    assert "hush" not in str(caught.value)


def test_secrets_stay_out_of_the_repr():
    shown = repr(made(client_secret="open-sesame", proxy="http://u:pw@proxy.example"))  # noqa: S106
    assert "open-sesame" not in shown
    assert "pw@" not in shown


def test_pacing_can_be_switched_off():
    assert made(rate=None).rate is None
    assert made(rate=5).rate == 5.0


def test_a_page_size_above_fifty_is_clamped_with_one_warning():
    with pytest.warns(UserWarning, match="page_size=100 is more than Coupa answers with") as caught:
        assert page_size("page_size", 100) == 50
    assert len(caught) == 1
    assert page_size("page_size", 50) == 50


@pytest.mark.parametrize(
    ("scopes", "names"),
    [
        (None, ()),
        ("", ()),
        ("a,b c", ("a", "b", "c")),
        (["core.invoice.read"], ("core.invoice.read",)),
    ],
)
def test_scopes_by_comma_space_or_list(scopes, names):
    assert scope_names(scopes) == names


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost/x", True),
        ("http://127.8.9.1", True),
        ("http://[::1]:8", True),
        ("http://10.0.0.1", False),
        ("http://localhost.evil.example", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_judged_by_the_host_alone(url, loopback):
    assert is_loopback(url) is loopback


def test_a_dotenv_file_is_read_line_by_line():
    text = """
# a comment
COUPA_CLIENT_ID=abc   # the production client
export COUPA_CLIENT_SECRET="s p#ce"
COUPA_SCOPES='core.invoice.read core.supplier.read'
EMPTY=
HALF="open
not a line
"""
    assert parse_dotenv(text) == {
        "COUPA_CLIENT_ID": "abc",
        "COUPA_CLIENT_SECRET": "s p#ce",
        "COUPA_SCOPES": "core.invoice.read core.supplier.read",
        "EMPTY": "",
        "HALF": '"open',
    }


def test_the_environment_beats_the_file_and_the_prefix_beats_the_bare_name():
    environment = {"COUPA_CLIENT_ID": "from-env", "CLIENT_SECRET": "bare", "PATH": "/bin"}
    dotenv = "COUPA_CLIENT_ID=from-file\nBASE_URL=https://b.example/api\nSCOPES=a,b"
    assert environment_arguments(environment, dotenv) == {
        "client_id": "from-env",
        "client_secret": "bare",
        "base_url": "https://b.example/api",
        "scopes": "a,b",
    }


def test_a_bare_name_that_0_1_0_did_not_know_does_not_count():
    environment = {"INSTANCE": "acme", "TOKEN_CACHE": "/bare", "CLIENT_ID": "i"}
    assert environment_arguments(environment) == {"client_id": "i"}
    environment |= {"COUPA_TOKEN_CACHE": "~/tokens"}
    assert environment_arguments(environment) == {"client_id": "i", "token_cache": "~/tokens"}


def test_a_host_that_is_given_displaces_every_host_of_the_environment():
    found = {
        "base_url": "https://old.example/api",
        "token_url": "https://old.example/t",
        "client_id": "i",
    }
    assert overruled(found, {"instance": "acme"}) == {"client_id": "i", "instance": "acme"}
    assert overruled(found, {"rate": 5}) == found | {"rate": 5}


def test_a_named_instance_is_not_overruled_by_a_bare_url_left_over_from_before():
    environment = {
        "COUPA_INSTANCE": "acme",
        "BASE_URL": "https://old.example/api",
        "TOKEN_URL": "x",
    }
    assert environment_arguments(environment) == {"instance": "acme"}
    environment |= {"COUPA_BASE_URL": "https://new.example/api"}
    assert environment_arguments(environment)["base_url"] == "https://new.example/api"
