"""A question that does not fit the description is refused with what was meant; one that may fit passes."""

from dataclasses import dataclass

import pytest

from coupa_async_client import CoupaConfigError
from coupa_async_client.description import check, parse
from coupa_async_client.description.checks import misfits, operators_for
from swaggers import as_bytes, listing, shop

OPERATORS = (
    *("", "eq", "not_eq", "in", "not_in", "blank"),
    *("contains", "starts_with", "ends_with", "gt", "lt", "gt_or_eq", "lt_or_eq"),
)


@dataclass(frozen=True)
class Term:
    """What a filter is taken apart into."""

    path: tuple[str, ...]
    operator: str
    values: tuple[str, ...]

    @property
    def key(self):
        first, *others = (*self.path, *filter(None, [self.operator]))
        return first + "".join(f"[{each}]" for each in others)


def term(dotted, operator="", *values):
    return Term(tuple(dotted.split(".")), operator, values)


@pytest.fixture(scope="module")
def description():
    return parse(as_bytes(shop()))


def found(description, resource="invoices", **question):
    """List what does not fit; where that is something, `check` raises before."""
    check(description, resource, **question)
    return list(misfits(description, resource, **question))


def refusal(description, resource="invoices", **question):
    with pytest.raises(CoupaConfigError) as caught:
        check(description, resource, **question)
    return str(caught.value)


class TestFilters:
    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (
                term("stauts"),
                "filter 'stauts': invoices has no attribute 'stauts'; the nearest is status",
            ),
            (term("stauts", "in"), "filter 'stauts[in]': "),
            (term("supplier.nmae"), "'supplier' has no attribute 'nmae'; the nearest is name"),
            (term("lines.account.segment"), "'account' has no attribute 'segment'"),
            (term("status.name"), "'status' has nothing inside it"),
            (term("status", "like", "a"), "Coupa has no operator 'like'; it has blank, contains,"),
            (term("created_at", "contains", "2026"), "'contains' is not for a datetime"),
            (term("created-at", "blank", "true"), "'blank' is not for a datetime"),
            (term("due-date", "ends_with", "1"), "'ends_with' is not for a date"),
            (term("paid", "gt", "false"), "'gt' is not for a boolean"),
            (term("paid", "", "yes"), "'paid' is never 'yes'; it is one of true, false"),
            (term("status", "", "aproved"), "'status' is never 'aproved'; the nearest is approved"),
            (term("status", "not_in", "draft", "onhold"), "'onhold'; the nearest is on_hold"),
            (term("level", "", "2"), "'level' is never '2'; the nearest are 0, 1"),
            (term("mode", "", "stict"), "'mode' is never 'stict'; the nearest is strict"),
            (term("status", "blank", "yes"), "'[blank]' is never 'yes'"),
            (term("supplier", "", "7"), "'supplier' holds other attributes; name one of them"),
            (term("lines", "contains", "x"), "such as lines[id]"),
            (
                term("lines_id", "", "1"),
                "invoices has no attribute 'lines_id', but 'lines' has 'id'",
            ),
            (term("dir", "", "down"), "'dir' is never 'down'; it is one of asc, desc"),
            (term("return_object", "", "shalow"), "the nearest is shallow"),
            (term("attachable_type", "", "x"), "invoices has no attribute 'attachable_type'"),
        ],
    )
    def test_what_does_not_fit_is_refused_by_the_name_it_was_given(self, description, given, words):
        message = refusal(description, terms=[given])

        assert words in message
        assert message.startswith(f"filter {given.key!r}: ")

    @pytest.mark.parametrize(
        "given",
        [
            term("status", "in", "draft", "approved"),
            term("status", "starts_with", "app"),
            term("created-at", "gt_or_eq", "2026-01-01T00:00:00Z"),
            term("supplier", "blank", "true"),
            term("supplier.contact.suppliers.name", "contains", "x"),
            term("supplier_id", "", "7"),
            term("lines.account_id", "in", "7", "8"),
            term("mode", "", "strict"),
            term("mode", "", "1"),
            term("home-currency", "gt", "x"),
            term("tags.name", "", "x"),
            term("custom-fields.ours", "", "x"),
            term("supplier.custom_fields.ours.name", "contains", "x"),
            term("limit", "", "50"),
            term("order-by", "", "id"),
            term("dir", "", "desc"),
            term("fields", "", '["id"]'),
            term("exported", "", "false"),
            term("with_drafts", "", "true"),
            term("return_object", "", "limited"),
        ],
        ids=lambda given: f"{given.key}={','.join(given.values)}",
    )
    def test_what_may_fit_passes(self, description, given):
        assert found(description, terms=[given]) == []

    @pytest.mark.parametrize(
        ("resource", "name"),
        [
            ("coupa_pay/statements", "status"),
            ("purchase_orders", "show_deleted_lines"),
            ("attachments", "attachable-type"),
            ("budget_lines", "owner_is_approver"),
        ],
    )
    def test_filters_that_only_the_documentation_has_pass(self, resource, name):
        paths = {f"/{resource}": {"get": listing("Account", "Query them")}}

        described = parse(as_bytes(shop(paths=paths)))
        assert found(described, resource, terms=[term(name, "", "x")]) == []

    @pytest.mark.parametrize("operator", OPERATORS)
    @pytest.mark.parametrize("name", ["number", "total", "id"])
    def test_text_and_numbers_take_every_operator(self, description, name, operator):
        assert found(description, terms=[term(name, operator, "true")]) == []

    def test_the_operators_of_an_attribute_are_those_that_pass(self, description):
        for attribute in description.objects["Invoice"].values():
            fitting = operators_for(attribute)
            for operator in OPERATORS[2:]:
                value = "true" if operator == "blank" else (*attribute.values, "true")[0]
                given = term(attribute.name, operator, value)
                if operator in fitting:
                    check(description, "invoices", terms=[given])
                else:
                    assert attribute.name in refusal(description, terms=[given])


class TestFields:
    @pytest.mark.parametrize(
        "path",
        [
            ("id",),
            ("supplier",),
            ("supplier", "contact", "email"),
            ("lines", "account", "segment-12"),
            ("custom-fields",),
            ("lines", "custom_fields", "ours"),
            ("approver", "size"),
        ],
    )
    def test_what_may_be_there_passes(self, description, path):
        assert found(description, fields=[path]) == []

    def test_what_is_not_there_is_refused_at_every_depth(self, description):
        asked = [("id",), ("stauts",), ("lines", "account", "segmnt-3"), ("id", "x")]

        message = refusal(description, fields=asked)

        assert (
            "fields, stauts: invoices has no attribute 'stauts'; the nearest is status" in message
        )
        assert "fields, lines.account.segmnt-3: 'account' has no attribute" in message
        assert "the nearest are segment-3," in message
        assert "fields, id.x: 'id' has nothing inside it" in message

    def test_an_id_of_an_association_is_no_field(self, description):
        assert "'supplier_id'" in refusal(description, fields=[("supplier_id",)])


class TestOrder:
    @pytest.mark.parametrize("name", ["id", "created_at", "custom-fields", "home-currency"])
    def test_a_plain_attribute_passes(self, description, name):
        assert found(description, order_by=name) == []
        assert found(description, terms=[term("order_by", "", name)]) == []

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            (
                "creatd_at",
                "order_by: invoices has no attribute 'creatd_at'; the nearest is created-at",
            ),
            ("supplier", "order_by: 'supplier' holds more than one value"),
            ("tags", "order_by: 'tags' holds more than one value"),
            ("supplier.name", "order_by: invoices has no attribute 'supplier.name'"),
            ("", "order_by: invoices has no attribute ''"),
        ],
    )
    def test_anything_else_is_refused(self, description, name, words):
        assert words in refusal(description, order_by=name)
        assert words in refusal(description, terms=[term("order_by", "", name)])

    def test_an_order_without_a_value_is_refused(self, description):
        assert "order_by" in refusal(description, terms=[term("order_by", "")])


class TestStrictness:
    def test_everything_that_does_not_fit_is_said_at_once(self, description):
        message = refusal(
            description, terms=[term("stauts"), term("payd")], fields=[("di",)], order_by="totl"
        )

        assert all(word in message for word in ("'stauts'", "'payd'", "'di'", "'totl'"))

    def test_a_resource_that_is_not_there_is_all_that_is_said(self, description):
        message = refusal(description, "invocies", terms=[term("stauts")])

        assert message.startswith("resource 'invocies' is not in")
        assert "stauts" not in message

    def test_the_way_for_fields_of_ones_own_is_shown_and_works(self, description):
        message = refusal(description, terms=[term("ours", "", "1")])

        assert "description.extended({'invoices': [...]})" in message
        extended = description.extended({"invoices": ["ours"]})
        check(extended, "invoices", terms=[term("ours", "gt", "1")], fields=[("ours",)])

    def test_a_warning_lets_the_question_pass(self, description):
        with pytest.warns(UserWarning, match="'stauts'.*'totl'"):
            check(
                description,
                "invoices",
                terms=[term("stauts")],
                order_by="totl",
                on_misfit="warn",
            )

    def test_another_manner_is_refused(self, description):
        with pytest.raises(CoupaConfigError, match="on_misfit is 'ignore'"):
            check(description, "invoices", on_misfit="ignore")
