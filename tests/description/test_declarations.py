"""The types that are written run, hold just what was asked for, and take rows as Coupa sends them."""

import dataclasses
import sys
import types
import typing
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from coupa_async_client import CoupaConfigError
from coupa_async_client.description import parse
from coupa_async_client.description.declarations import declarations
from swaggers import as_bytes, field, listing, shop

STYLES = ("dataclass", "typeddict", "msgspec", "pydantic")
ASKED = [
    ("status",),
    ("id",),
    ("total",),
    ("created_at",),
    ("due-date",),
    ("shown?",),
    ("mode",),
    ("supplier", "name"),
    ("supplier", "contact", "login"),
    ("lines", "price"),
    ("lines", "supplier", "name"),
    ("approver", "login"),
    ("envelope",),
    ("tags",),
    ("custom-fields", "ours"),
]
ROW = {
    "status": "new in this release",
    "id": 7,
    "total": "120.50",
    "created-at": "2026-01-05T09:00:01-08:00",
    "due-date": "2026-02-01",
    "shown?": True,
    "mode": 3,
    "supplier": {"name": "Acme", "contact": {"login": "ann"}},
    "lines": [{"price": "60.25", "supplier": {"name": "Acme"}}],
    "approver": {"login": "bob"},
    "envelope": {"seal": 1},
    "tags": [],
    "custom-fields": {"ours": [1]},
}


@pytest.fixture(scope="module")
def description():
    return parse(as_bytes(shop()))


@pytest.fixture
def module(monkeypatch):
    """Run source text as a module of its own; no warning may come of it."""

    def run(text):
        made = types.ModuleType("rows_that_were_written")
        monkeypatch.setitem(sys.modules, made.__name__, made)
        exec(compile(text, "rows.py", "exec"), made.__dict__)  # noqa: S102  (what is tested)
        return made

    return run


def read(style, row_type, row):
    """Take a row in, as the style's own library does it."""
    if style == "pydantic":
        return row_type.model_validate_json(msgspec.json.encode(row))
    if style == "dataclass":
        return msgspec.json.decode(msgspec.json.encode(renamed(row)), type=row_type)
    return msgspec.json.decode(msgspec.json.encode(row), type=row_type)


def renamed(value):
    """Spell names as Python does; a plain dataclass knows no others."""
    if isinstance(value, dict):
        return {name.replace("-", "_").replace("?", "_"): renamed(v) for name, v in value.items()}
    return [renamed(each) for each in value] if isinstance(value, list) else value


def got(row, name):
    if isinstance(row, dict):
        return row[name]
    return getattr(row, name.replace("-", "_").replace("?", "_"))


@pytest.fixture(params=STYLES)
def style(request):
    if request.param == "pydantic":
        pytest.importorskip("pydantic")
    return request.param


def test_a_row_as_coupa_sends_it_is_taken_in_whole(description, module, style):
    text = declarations(description, "invoices", ASKED, style=style, name="Row")

    row = read(style, module(text).Row, ROW)

    assert got(row, "id") == 7
    assert got(row, "status") == "new in this release"
    assert got(row, "total") == Decimal("120.50")
    assert got(row, "created-at") == datetime(2026, 1, 5, 17, 0, 1, tzinfo=UTC)
    assert got(row, "due-date") == date(2026, 2, 1)
    assert got(row, "shown?") is True
    assert got(got(got(row, "supplier"), "contact"), "login") == "ann"
    assert [got(line, "price") for line in got(row, "lines")] == [Decimal("60.25")]
    assert got(got(row, "approver"), "login") == "bob"
    assert got(row, "envelope") == {"seal": 1}
    assert got(row, "tags") == []
    assert got(got(row, "custom-fields"), "ours") == [1]


def test_what_may_be_null_or_left_out_may(description, module, style):
    row_type = module(declarations(description, "invoices", ASKED, style=style, name="Row")).Row
    empty = dict.fromkeys(ROW) | {"id": 1, "lines": [], "tags": []}

    assert got(read(style, row_type, empty), "supplier") is None
    if style != "typeddict":
        left_out = read(style, row_type, {"id": 1})
        assert got(left_out, "total") is None
        assert got(left_out, "lines") == []
        with pytest.raises(ValueError, match="id"):
            read(style, row_type, {})


def test_nothing_is_there_that_was_not_asked_for(description, module):
    made = module(declarations(description, "invoices", ASKED, style="typeddict", name="Row"))

    assert made.Row.__annotations__.keys() == ROW.keys()
    assert made.Supplier.__annotations__.keys() == {"name", "contact"}
    assert made.CustomFields.__annotations__.keys() == {"ours"}


def test_dataclasses_say_how_coupa_spells_what_their_names_do_not(description, module):
    row_type = module(declarations(description, "invoices", ASKED, style="dataclass")).Invoice

    spelled = {each.name: each.metadata.get("coupa") for each in dataclasses.fields(row_type)}
    assert spelled["shown_"] == "shown?"
    assert spelled["created_at"] is None


def test_dataclasses_do_not_share_their_lists(description, module):
    row_type = module(declarations(description, "invoices", ASKED, style="dataclass")).Invoice

    assert row_type(1).lines is not row_type(2).lines


class TestNames:
    def test_the_same_object_with_the_same_attributes_is_one_class(self, description):
        asked = [("supplier", "name"), ("lines", "supplier", "name")]

        text = declarations(description, "invoices", asked, style="dataclass")

        assert text.count("class Supplier:") == 1
        assert text.count("supplier: Supplier | None = None") == 2

    def test_with_other_attributes_it_is_another(self, description, module):
        asked = [("supplier", "name"), ("lines", "supplier", "id")]

        made = module(declarations(description, "invoices", asked, style="typeddict"))

        assert made.Supplier.__annotations__.keys() == {"name"}
        assert made.LineSupplier.__annotations__.keys() == {"id"}

    def test_an_object_inside_itself_does_not_take_the_rows_name(self, description, module):
        asked = [("contact", "suppliers", "name"), ("seller", "login")]

        made = module(declarations(description, "suppliers", asked, style="typeddict"))

        assert made.Supplier.__annotations__.keys() == {"contact", "seller"}
        assert made.UserSuppliers.__annotations__.keys() == {"name"}
        assert made.User.__annotations__.keys() == {"suppliers"}
        assert made.SupplierSeller.__annotations__.keys() == {"login"}

    @pytest.mark.parametrize("style", STYLES[:3])
    def test_names_that_python_has_taken_are_kept_clear_of(self, module, style):
        names = ["class", "date", "datetime", "str", "list", "field", "due-on", "2nd", "a?", "a!"]
        properties = {name: field("string", "date") for name in names}
        properties["list"] = {"type": "array"}
        document = shop(
            paths={"/things": {"get": listing("Thing", "Query things")}},
            definitions={"Thing": {"properties": properties}},
        )
        text = declarations(
            parse(as_bytes(document)), "things", [(name,) for name in names], style=style
        )

        hints = typing.get_type_hints(module(text).Thing)

        assert list(hints.values()) == [
            list[typing.Any] if name == "list" else date | None for name in names
        ]
        if style == "dataclass":
            assert list(hints) == [
                *("class_", "date_", "datetime_", "str_", "list_", "field_", "due_on"),
                *("_2nd", "a_", "a__"),
            ]

    def test_whole_associations_stay_what_they_are(self, description, module):
        asked = [("supplier",), ("lines",), ("custom-fields",), ("labels",), ("mode",)]

        hints = typing.get_type_hints(
            module(declarations(description, "invoices", asked, style="dataclass")).Invoice
        )

        anything = dict[str, typing.Any]
        assert hints == {
            "supplier": anything | None,
            "lines": list[anything],
            "custom_fields": anything | None,
            "labels": list[typing.Any],
            "mode": typing.Any,
        }


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"paths": []}, "fields names no attribute"),
            ({"paths": [("stauts",)]}, "no attribute 'stauts'; the nearest is status"),
            ({"resource": "invocies"}, "the nearest is invoices"),
            ({"style": "attrs"}, "style is 'attrs'; it is one of dataclass, typeddict,"),
            ({"name": "Invoice Row"}, "name is 'Invoice Row', which no class can have"),
            ({"name": "class"}, "name is 'class'"),
        ],
    )
    def test_a_wrong_argument_is_named_with_its_remedy(self, description, change, words):
        given = {"resource": "invoices", "paths": [("id",)], "style": "dataclass"} | change

        with pytest.raises(CoupaConfigError, match=words):
            declarations(description, **given)

    def test_without_a_host_the_head_names_none(self):
        text = declarations(parse(as_bytes(shop(host=""))), "invoices", [("id",)], style="msgspec")

        assert text.startswith('"""Rows of invoices."""\n\nimport msgspec\n\n\nclass Invoice(')
