"""Finding one's way in a description: by paths of either spelling, through lists, loops and the unknown."""

import pickle

import pytest

from coupa_async_client import CoupaConfigError
from coupa_async_client.description import parse
from swaggers import as_bytes, shop


@pytest.fixture(scope="module")
def description():
    return parse(as_bytes(shop()))


class TestResource:
    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("invoices", "invoices"),
            ("/invoices/", "invoices"),
            ("invoices/7", "invoices"),
            ("invoices/{id}", "invoices"),
            ("invoices/7/submit", "invoices"),
            ("invoices/mine", "invoices"),
            ("suppliers/7/notes", "suppliers/{supplier_id}/notes"),
            ("suppliers/7/notes/9", "suppliers/{supplier_id}/notes"),
            ("suppliers/{id}/notes", "suppliers/{supplier_id}/notes"),
            ("suppliers/7/badges", "suppliers/{supplier_id}/badges"),
        ],
    )
    def test_a_path_belongs_to_one(self, description, path, name):
        assert description.resource(path).name == name

    @pytest.mark.parametrize(
        "path", ["", "invoices/theirs", "invoices/7/8", "suppliers/x/notes", 7]
    )
    def test_a_path_that_belongs_to_none_is_refused(self, description, path):
        with pytest.raises(CoupaConfigError, match=f"{path!r} is not in"):
            description.resource(path)

    def test_the_nearest_are_named(self, description):
        with pytest.raises(CoupaConfigError, match=r"; the nearest is invoices$"):
            description.resource("invocies")


class TestAttribute:
    @pytest.mark.parametrize(
        ("path", "name"),
        [
            (("created-at",), "created-at"),
            (("created_at",), "created-at"),
            (("supplier", "contact", "suppliers", "contact", "login"), "login"),
            (("lines", "account", "segment_7"), "segment-7"),
            (("approver", "login"), "login"),
            (("approver", "size"), "size"),
        ],
    )
    def test_a_path_is_followed_through_objects_lists_and_loops(self, description, path, name):
        assert description.attribute("invoices", path).name == name

    @pytest.mark.parametrize(
        "path",
        [
            pytest.param(("custom-fields",), id="custom-fields"),
            pytest.param(("custom_fields", "ours"), id="a-custom-field"),
            pytest.param(("supplier", "custom-fields", "ours", "name"), id="deep-custom-field"),
            pytest.param(("tags", "name"), id="below-a-placeholder"),
            pytest.param(("envelope", "seal"), id="below-an-object-without-attributes"),
            pytest.param(("owner", "anything"), id="one-of-several-is-not-described"),
        ],
    )
    def test_nothing_is_known_below_what_is_not_described(self, description, path):
        assert description.attribute("invoices", path) is None

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            (("stauts",), "invoices has no attribute 'stauts'; the nearest is status"),
            (("lines", "prize"), "'lines' has no attribute 'prize'; the nearest is price"),
            (("status", "x"), "'status' has nothing inside it, so no 'x'"),
            (("lines_price",), "invoices has no attribute 'lines_price', but 'lines' has 'price'"),
            (("zzzzzzzzz",), "invoices has no attribute 'zzzzzzzzz'"),
        ],
    )
    def test_a_name_that_is_not_there_is_refused(self, description, path, words):
        with pytest.raises(CoupaConfigError) as caught:
            description.attribute("invoices", path)
        assert str(caught.value) == words


class TestExtended:
    def test_an_instances_own_fields_are_known_wherever_their_object_is(self, description):
        extended = description.extended({"suppliers": ["our_rating"], "User": ["shoe-size"]})

        assert extended.attribute("suppliers", ("our-rating",)).type == "any"
        assert extended.attribute("invoices", ("supplier", "our_rating")).type == "any"
        assert extended.attribute("invoices", ("supplier", "contact", "shoe-size")).type == "any"
        with pytest.raises(CoupaConfigError):
            description.attribute("suppliers", ("our-rating",))

    def test_coupas_own_are_not_replaced(self, description):
        extended = description.extended({"invoices": ["status"]})

        assert extended.objects["Invoice"]["status"].values == ("draft", "approved", "on_hold")

    def test_a_resource_that_is_not_there_is_refused(self, description):
        with pytest.raises(CoupaConfigError, match=r"'suppliesr'.*nearest is suppliers"):
            description.extended({"suppliesr": ["a"]})

    def test_one_name_in_place_of_a_list_is_refused(self, description):
        with pytest.raises(CoupaConfigError, match=r"such as \['our-rating'\]"):
            description.extended({"suppliers": "our-rating"})


def test_it_can_be_sent_to_another_process(description):
    assert pickle.loads(pickle.dumps(description)) == description  # noqa: S301  (our own)
