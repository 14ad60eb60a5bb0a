"""The public face: what is there, and that both clients have it alike."""

import inspect
from importlib.metadata import version

import pytest

import coupa_async_client
from coupa_async_client import CoupaAsyncClient, CoupaClient, Scan, SyncScan, auth, errors, types

PUBLIC = {name for name in dir(CoupaAsyncClient) if not name.startswith("_")}
RENAMED = {"aclose": "close"}


def parameters(function):
    return {
        name: (p.kind, p.default, p.annotation)
        for name, p in inspect.signature(function).parameters.items()
    }


@pytest.mark.parametrize("name", [*sorted(PUBLIC), "__init__"])
def test_both_clients_take_the_same_arguments(name):
    theirs = getattr(CoupaClient, RENAMED.get(name, name))
    assert parameters(theirs) == parameters(getattr(CoupaAsyncClient, name))


def test_the_sync_client_has_nothing_more_but_the_names_of_0_1_0():
    names = {name for name in vars(CoupaClient) if not name.startswith("_")}
    assert names - {"pages", "items"} == {RENAMED.get(name, name) for name in PUBLIC}
    assert CoupaClient.pages is CoupaClient.iter_pages
    assert CoupaClient.items is CoupaClient.iter_items


def test_both_scans_have_the_same_face():
    public = {name for name in vars(Scan) if not name.startswith("_")}
    assert {name for name in vars(SyncScan) if not name.startswith("_")} == public


def test_the_names_of_0_1_0_are_where_they_were():
    assert auth.OAuth2ClientCredentials
    assert auth.Token
    assert issubclass(errors.CoupaAuthError, errors.CoupaClientError)
    assert types.JSONObject


def test_all_is_sorted_and_complete():
    names = coupa_async_client.__all__
    assert names == sorted(names)
    assert all(hasattr(coupa_async_client, name) for name in names)
    assert coupa_async_client.__version__ == version("coupa-async-client")
