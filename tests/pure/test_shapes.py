"""What a row type asks of Coupa, and what is refused before anything is sent."""

import dataclasses
import subprocess
import sys
from dataclasses import InitVar, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, Required, TypedDict, Union

import msgspec
import pydantic
import pydantic.alias_generators
import pydantic.dataclasses
import pytest

from coupa_async_client._shapes import shape_of, title
from coupa_async_client._typed_rows import TypedRows
from coupa_async_client.errors import CoupaConfigError


@dataclass
class Line:
    price: Decimal


class Model(pydantic.BaseModel):
    id: int


@pytest.mark.parametrize(
    ("name", "coupa"),
    [
        ("updated_at", "updated-at"),
        ("segment_1", "segment-1"),
        ("street1", "street1"),
        ("itemQuantity", "itemQuantity"),
        ("class_", "class"),
        ("type", "type"),
    ],
)
def test_a_python_name_is_coupas_with_hyphens(name, coupa):
    makers = (
        dataclasses.make_dataclass("Row", [(name, int)]),
        msgspec.defstruct("Row", [(name, int)]),
        TypedDict("Row", {name: int}),
        pydantic.create_model("Row", **{name: (int, ...)}),
    )
    for row_type in makers:
        assert shape_of(row_type).fields == [coupa]


class Kebab(msgspec.Struct, rename="kebab"):
    po_number: str
    own: int = msgspec.field(name="net-due-date")


class Camel(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(alias_generator=pydantic.alias_generators.to_camel)
    item_quantity: Decimal
    po_number: str = pydantic.Field(alias="po-number")
    due: date = pydantic.Field(validation_alias="net-due-date", serialization_alias="due")


@dataclass
class Aliased:
    number: str = field(metadata={"coupa": "po-number"})
    country_id: int = field(default=0, metadata={"coupa": "country_id"})


Hyphened = TypedDict(
    "Hyphened", {"po-number": str, "count": NotRequired[int], "who": Required[str]}
)


@pytest.mark.parametrize(
    ("row_type", "fields"),
    [
        (Kebab, ["po-number", "net-due-date"]),
        (Camel, ["itemQuantity", "po-number", "net-due-date"]),
        (Aliased, ["po-number", "country_id"]),
        (Hyphened, ["po-number", "count", "who"]),
    ],
)
def test_an_alias_that_was_declared_wins(row_type, fields):
    assert shape_of(row_type).fields == fields


def test_associations_and_custom_fields_are_asked_for_as_deep_as_they_are_declared():
    class CustomFields(TypedDict):
        erp_number: str | None

    class Account(msgspec.Struct):
        code: str
        custom_fields: dict[str, Any]

    @dataclass
    class OrderLine:
        account: Account | None
        price: Annotated[Decimal, "in the line's currency"]

    @dataclass
    class Order:
        order_lines: Annotated[list[OrderLine] | None, "all of them"]
        revisions: tuple[OrderLine, ...]
        custom_fields: CustomFields
        supplier: dict[str, Any]
        not_asked_for: int = field(default=0, init=False)

    line = {"account": ["code", {"custom-fields": {}}]}
    assert shape_of(Order).fields == [
        {"order-lines": [line, "price"]},
        {"revisions": [line, "price"]},
        {"custom-fields": ["erp-number"]},
        "supplier",
    ]


def make(**annotations):
    return dataclasses.make_dataclass("Row", list(annotations.items()))


@dataclass
class Own:
    id: int
    parent: "Own | None"


@dataclass
class Left:
    right: "list[Right]"


@dataclass
class Right:
    left: Left


@dataclass(init=False)
class ByHand:
    id: int

    def __init__(self, text):
        self.id = int(text)


@dataclass
class WithInitVar:
    id: int
    secret: InitVar[int]


@dataclass
class Unknown:
    id: "NoSuchType"  # noqa: F821


class UnknownModel(pydantic.BaseModel):
    lines: "list[NoSuchModel]"  # noqa: F821


class Pathed(pydantic.BaseModel):
    name: str = pydantic.Field(validation_alias=pydantic.AliasPath("supplier", "name"))


class Root(pydantic.RootModel[list[int]]):
    pass


@pydantic.dataclasses.dataclass
class PydanticDataclass:
    id: int


class Named(NamedTuple):
    id: int


class Bytes(Enum):
    A = b"a"


class NoAttributes(TypedDict):
    pass


class UnionModel(pydantic.BaseModel):
    lines: list[list[Model]]


REFUSED = {
    "a-number": (5, ["type is 5", "a dataclass, a TypedDict, a msgspec.Struct or a pydantic model"]),
    "an-instance": (Line(Decimal(1)), ["type is Line(", "give a dataclass"]),
    "a-plain-class": (int, ["type is <class 'int'>"]),
    "a-list": (list[Line], ["type is list[", "give a dataclass"]),
    "a-named-tuple": (Named, ["Named", "give a dataclass"]),
    "a-root-model": (Root, ["Root", "give a dataclass"]),
    "a-pydantic-dataclass": (PydanticDataclass, ["PydanticDataclass", "a pydantic model"]),
    "no-attributes": (NoAttributes, ["NoAttributes has no attributes"]),
    "complex": (make(a=complex), ["Row: a is complex", "use int, str"]),
    "bytes-inside": (make(a=list[bytes]), ["Row: a is list[bytes]"]),
    "callable": (make(a=callable), ["Row: a is callable"]),
    "two-texts": (make(a=Decimal | datetime), ["Row: a is Decimal | datetime", "more than one str"]),
    "date-or-text": (make(a=date | str), ["Row: a is date | str"]),
    "odd-enum": (make(a=Bytes), ["Row: a is Bytes"]),
    "bad-constraint": (make(a=Annotated[str, msgspec.Meta(ge=1)]), ["Row: a is str"]),
    "union-of-records": (make(a=Line | Own), ["Row: a is Line | Own", "cannot be asked for"]),
    "records-in-a-dict": (make(a=dict[str, Line]), ["Row: a is dict[str, Line]", "list[Line]"]),
    "lists-of-lists": (UnionModel, ["UnionModel: lines is list[list[Model]]"]),
    "model-in-a-dataclass": (make(a=Model), ["Row: a is the pydantic model Model"]),
    "leading-underscore": (make(_a=int), ["Row: _a would be '-a' at Coupa", "alias"]),
    "two-underscores": (make(a__b=int), ["Row: a__b would be 'a--b'"]),
    "no-name": (TypedDict("Row", {"a b": int}), ["Row: a b would be 'a b'"]),
    "one-name-twice": (make(a_b=int, a_b_=int), ["Row: a_b and a_b_ are both 'a-b'"]),
    "itself": (Own, ["Own: parent holds Own again", "never end"]),
    "itself-in-turn": (Left, ["Right: left holds Left again"]),
    "another-constructor": (ByHand, ["ByHand cannot be built", "'text'"]),
    "init-var": (WithInitVar, ["WithInitVar cannot be built", "'secret'"]),
    "unknown-name": (Unknown, ["type Unknown", "NoSuchType", "top of their module"]),
    "unknown-name-in-a-model": (UnknownModel, ["type UnknownModel", "NoSuchModel"]),
    "alias-path": (Pathed, ["Pathed: name has a path as its alias", "nested model"]),
}  # fmt: skip


@pytest.mark.parametrize(("row_type", "words"), REFUSED.values(), ids=REFUSED)
def test_a_type_that_no_row_can_become_is_refused(row_type, words):
    with pytest.raises(CoupaConfigError) as caught:
        TypedRows(row_type)
    for each in words:
        assert each in str(caught.value)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (int, "int"),
        (Decimal | None, "Decimal | None"),
        (list[Line], "list[Line]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (dict[str, Any], "dict[str, Any]"),
        (Literal["a", 1], "Literal['a', 1]"),
        (Annotated[Union[int, str], "x"], "int | str"),  # noqa: UP007
        (5, "5"),
    ],
    ids=str,
)
def test_a_type_is_spelled_as_in_the_code(annotation, text):
    assert title(annotation) == text


def test_pydantic_is_not_imported_for_types_that_are_not_its_own():
    check = (
        "import sys, dataclasses\n"
        "from coupa_async_client._shapes import kind_of, shape_of\n"
        "row = dataclasses.make_dataclass('Row', [('id', int)])\n"
        "assert shape_of(row).fields == ['id']\n"
        "assert kind_of(int) is None\n"
        "assert 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=20)
