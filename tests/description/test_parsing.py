"""What Coupa's Swagger says, oddities included, as a description; and what is no Swagger of Coupa's."""

import pytest

from coupa_async_client import CoupaConfigError
from coupa_async_client.description import Attribute, Operation, parse
from coupa_async_client.description.parsing import LARGEST
from swaggers import as_bytes, field, listing, ref, shop


@pytest.fixture(scope="module")
def description():
    return parse(as_bytes(shop()))


@pytest.fixture(scope="module")
def invoice(description):
    return description.objects["Invoice"]


class TestWhatIsNone:
    @pytest.mark.parametrize(
        ("content", "look"),
        [
            pytest.param(b"", "empty", id="empty"),
            pytest.param(b" \n\t", "empty", id="blank"),
            pytest.param(b"\xef\xbb\xbf", "empty", id="bom-alone"),
            pytest.param(b"<!DOCTYPE html><title>Log in</title>", "HTML", id="login"),
            pytest.param(b"swagger: '2.0'\npaths: {}\n", "YAML", id="yaml"),
            pytest.param(b"---\nswagger: '2.0'\n", "YAML", id="yaml-document"),
            pytest.param(b'{"swagger": "2.0", "paths"', "truncated", id="cut"),
            pytest.param(b"\xff\xfe{", "no such description", id="no-utf-8"),
            pytest.param(b'{"errors": {}}', "JSON of another kind", id="other-json"),
            pytest.param(b"[]", "Expected `object`", id="list"),
            pytest.param(b'{"openapi": "3.0.1"}', "of version 3.0.1", id="openapi"),
            pytest.param(b'{"swagger": "1.2"}', "of version 1.2", id="swagger-1"),
            pytest.param(b'{"swagger": "2.0", "paths": []}', r"\$\.paths", id="paths-no-object"),
            pytest.param(b'{"swagger": "2.0", "definitions": {"A": 1}}', "definitions", id="shape"),
            pytest.param(b"[" * 100_000, "no such description", id="deep"),
            pytest.param(b" " + b"9" * (LARGEST + 1), "larger than 32,000,000", id="large"),
        ],
    )
    def test_it_is_refused_with_what_it_looks_like_and_where_there_is_one(self, content, look):
        with pytest.raises(CoupaConfigError, match=look) as caught:
            parse(as_bytes(shop()), content, names=("description a.json", "description b.json"))

        assert str(caught.value).startswith("description b.json is ")
        assert "/api_docs/0.json" in str(caught.value)

    def test_documents_without_names_are_counted(self):
        with pytest.raises(CoupaConfigError, match=r"^description 2 is empty"):
            parse(as_bytes(shop()), b"")


class TestAttributes:
    @pytest.mark.parametrize(
        ("name", "type_"),
        [
            ("id", "integer"),
            ("number", "string"),
            ("status", "string"),
            ("total", "decimal"),
            ("rate", "decimal"),
            ("paid", "boolean"),
            ("created-at", "datetime"),
            ("due-date", "date"),
            ("sent-at-hour", "time"),
            ("level", "integer"),
            ("supplier", "object"),
            ("lines", "object"),
            ("approver", "object"),
        ],
    )
    def test_the_type_follows_from_type_and_format(self, invoice, name, type_):
        assert invoice[name].type == type_

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param("mode", id="labels-for-a-number"),
            pytest.param("home-currency", id="a-default-for-a-format"),
            pytest.param("bare", id="no-type"),
            pytest.param("labels", id="a-list-of-nothing"),
            pytest.param("tags", id="a-list-of-what-it-is-in"),
            pytest.param("hold", id="a-reference-to-what-it-is-in"),
        ],
    )
    def test_what_coupa_does_not_say_is_not_guessed(self, invoice, name):
        assert (invoice[name].type, invoice[name].objects) == ("any", ())

    def test_a_placeholder_that_was_copied_from_another_object_is_one_too(self, description):
        assert description.objects["Line"]["tags"].type == "any"
        assert description.objects["Line"]["supplier"].objects == ("Supplier",)
        assert description.objects["Supplier"]["site"].objects == ("Invoice",)

    def test_values_are_those_that_can_be_sent(self, invoice):
        assert invoice["status"].values == ("draft", "approved", "on_hold")
        assert invoice["level"].values == ("0", "1")
        assert invoice["mode"].values == ("strict", "lax")
        assert invoice["paid"].values == invoice["created-at"].values == ()

    def test_one_of_several_objects_is_each_of_them_in_coupas_spelling(self, invoice):
        assert invoice["approver"].objects == ("User", "Sales-Team")

    def test_lists_and_what_cannot_be_written_are_marked(self, invoice):
        assert invoice["lines"].collection
        assert not invoice["supplier"].collection
        assert not invoice["id"].writable
        assert invoice["total"].writable
        assert invoice["total"].about == "A field of the shop"

    def test_an_object_without_attributes_is_there(self, description):
        assert description.objects["Envelope"] == {}


class TestResources:
    def test_every_operation_belongs_to_one(self, description):
        assert list(description.resources) == [
            "invoices",
            "note_texts",
            "ping",
            "suppliers",
            "suppliers/{supplier_id}/badges",
            "suppliers/{supplier_id}/notes",
        ]
        assert sum(len(each.operations) for each in description.resources.values()) == 15

    def test_reading_and_writing_come_before_actions(self, description):
        kinds = [each.kind for each in description.resources["invoices"].operations]

        assert kinds == ["list", "show", "update", "update", "delete", *["action"] * 3]

    def test_actions_are_what_stands_behind_a_record_or_a_collection(self, description):
        invoices = description.resources["invoices"]

        assert [each.action for each in invoices.actions] == [
            "mine",
            "lines/{line_id}/drop",
            "submit",
        ]
        assert invoices.actions[2] == Operation(
            "action", "PUT", "invoices/{id}/submit", "", "submit"
        )
        assert description.resources["suppliers/{supplier_id}/badges"].actions[0].action == "add"

    def test_what_can_be_done(self, description):
        suppliers = description.resources["suppliers"]

        assert (suppliers.can("list"), suppliers.can("create")) == (True, True)
        assert (suppliers.can("show"), suppliers.can("action")) == (False, False)

    @pytest.mark.parametrize(
        ("name", "title"),
        [
            ("invoices", "Invoices"),
            ("suppliers", "Suppliers"),
            ("suppliers/{supplier_id}/notes", "Notes of a supplier"),
            ("suppliers/{supplier_id}/badges", "Badge"),
            ("note_texts", "Note Text"),
        ],
    )
    def test_the_title_is_the_best_that_coupa_gives(self, description, name, title):
        assert description.resources[name].title == title

    def test_parameters_are_those_of_its_gets(self, description):
        assert description.resources["invoices"].parameters == {
            "limit": (),
            "offset": (),
            "order_by": (),
            "dir": ("asc", "desc"),
            "with_drafts": (),
        }
        assert description.resources["suppliers/{supplier_id}/badges"].parameters == {}

    def test_an_operation_without_answer_and_tag_still_makes_a_resource(self):
        paths = {"/pings": {"post": {"responses": {}}}}

        found = parse(as_bytes(shop(paths=paths))).resources["pings"]

        assert (found.object, found.title) == ("", "Pings")


class TestSeveralFiles:
    OLD = shop(
        host="r35.shop.example",
        paths={"/orders": {"get": listing("Order", "Query orders")}},
        definitions={
            "Order": {"properties": {"invoice": ref("Invoice")}},
            "Invoice": {
                "properties": {
                    "number": field("integer"),
                    "status": field("string", enum=["draft", "parked"]),
                    "due-date": field("string", "date", enum=["x"]),
                    "level": field("integer"),
                    "gone-since": field("string"),
                }
            },
        },
    )

    @pytest.fixture(params=["old first", "new first"])
    def merged(self, request):
        documents = [as_bytes(self.OLD), as_bytes(shop())]
        return parse(*documents[:: 1 if request.param == "old first" else -1])

    def test_resources_and_objects_of_all_are_there(self, merged):
        assert {"orders", "invoices"} <= merged.resources.keys()
        assert merged.attribute("orders", ("invoice", "number")).type == "string"
        assert merged.hosts == ("r35.shop.example", "r40.shop.example")

    def test_what_only_one_of_them_has_stays(self, merged):
        assert merged.objects["Invoice"]["gone-since"] == Attribute(
            "gone-since", "string", about="A field of the shop"
        )

    def test_values_of_either_are_allowed(self, merged):
        assert merged.objects["Invoice"]["status"].values == (
            "draft",
            "parked",
            "approved",
            "on_hold",
        )

    def test_where_one_allows_any_value_any_is_allowed(self, merged):
        assert merged.objects["Invoice"]["level"].values == ()

    def test_an_instances_own_counts_as_newest(self):
        own = shop(
            host="shop.example",
            definitions={"Invoice": {"properties": {"number": field("boolean")}}},
        )

        merged = parse(as_bytes(own), as_bytes(shop()))

        assert merged.objects["Invoice"]["number"].type == "boolean"

    def test_one_without_a_host_is_taken(self):
        assert parse(as_bytes(shop(host=None))).hosts == ()
