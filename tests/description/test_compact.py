import pytest

from coupa_async_client.description import parse
from coupa_async_client.description.compact import Other, pack, unpack
from swaggers import as_bytes, shop


@pytest.fixture(scope="module")
def description():
    return parse(as_bytes(shop()))


def test_what_was_packed_comes_out_equal(description):
    assert unpack(pack(description)) == description


@pytest.mark.parametrize("content", [b"", as_bytes(shop()), b"coupa"])
def test_anything_else_is_none(content):
    assert unpack(content) is None


def test_another_version_says_so(description):
    assert unpack(pack(description).replace(b"description 1", b"description 0")) == Other()


@pytest.mark.parametrize("at", [60, 600])
def test_a_damaged_one_is_none(description, at):
    packed = pack(description)

    assert unpack(packed[:at]) is None
    assert unpack(packed[:at] + b"\xc1" + packed[at + 1 :]) is None
