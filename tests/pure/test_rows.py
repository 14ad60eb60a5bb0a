"""Rows of a user's type: what each of the four kinds makes of Coupa's JSON, and of what does not fit."""

import json
import pickle
import typing
from dataclasses import InitVar, asdict, dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Any, Literal, NewType, NotRequired, TypedDict

import msgspec
import pydantic
import pytest
import typing_extensions

from coupa_async_client._rows import JSONRows
from coupa_async_client._typed_rows import TypedRows
from coupa_async_client.errors import CoupaRowError
from row_types import FIELDS, KINDS, SENT, plain, read_by


def body(*rows):
    texts = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    return b"[" + b",".join(texts) + b"]"


def read(row_type, *rows):
    """Return the rows that fit and the errors of the others, and check that none is left out."""
    unfit = []

    def misfit(count, error, cause):
        assert isinstance(cause, ValueError | TypeError)
        unfit.append((count, error))

    reader = TypedRows(row_type)
    fit = list(reader.read(reader.page_of(body(*rows)), misfit))
    counts = sorted(count for count, _ in fit + unfit)
    assert counts == list(range(1, len(rows) + 1))
    return [row for _, row in fit], [error for _, error in unfit]


def only(row_type, row):
    """Return what one row becomes."""
    (made,), unfit = read(row_type, row)
    assert not unfit
    return made


def refusal(row_type, row):
    """Return the error of one row that does not fit."""
    fit, (error,) = read(row_type, row)
    assert not fit
    return error


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_type_makes_the_same_of_a_row(kind):
    made = only(KINDS[kind], SENT)
    assert type(made) is (dict if kind == "typeddict" else KINDS[kind])
    assert plain(made) == read_by(kind)
    assert str(plain(made)["gross_total"]) == "120.50"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_type_asks_for_the_same(kind):
    assert TypedRows(KINDS[kind]).fields == FIELDS


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_be_null_may_be_left_out(kind):
    optional = {
        *("invoice-date", "payment-id", "supplier", "net-due-date", "type", "anything"),
        "custom-fields",
    }
    sent = {name: value for name, value in SENT.items() if name not in optional}
    sent["invoice-lines"] = [{"line-num": 3}]
    made = plain(only(KINDS[kind], {**sent, "custom-fields": {}}))
    line = {"line-num": 3, "price": None} if kind == "typeddict" else None
    assert made["invoice_lines"] == [line or {"line_num": 3, "price": None, "tags": ()}]
    assert made["supplier"] is made["invoice_date"] is made["payment_id"] is None
    left = {} if kind == "typeddict" else {"due": None, "type_": "Invoice", "anything": None}
    assert {name: made[name] for name in ("due", "type_", "anything") if name in made} == left
    error = refusal(KINDS[kind], sent)
    assert (error.path, error.value) == ("custom-fields", "")
    assert "custom-fields is left out, expected is dict[str, Any]" in str(error)


BAD = {
    "id-no-number": ({"id": "x"}, "id", '"x"', "int"),
    "id-null": ({"id": None}, "id", "null", "int"),
    "status-no-literal": ({"status": "lost"}, "status", '"lost"', "Literal['approved', 'voided']"),
    "channel-no-member": ({"channel": "fax"}, "channel", '"fax"', "Channel"),
    "decimal-with-comma": ({"gross-total": "12,50"}, "gross-total", '"12,50"', "Decimal"),
    "moment-in-words": ({"updated-at": "yesterday"}, "updated-at", '"yesterday"', "datetime"),
    "day-with-a-time": ({"invoice-date": "2026-01-05T10:00:00Z"}, "invoice-date", None, "date | None"),
    "no-bool": ({"exported": "perhaps"}, "exported", '"perhaps"', "bool"),
    "no-record": ({"supplier": "Acme"}, "supplier", '"Acme"', None),
    "text-is-a-number": ({"supplier": {"name": 5, "display-name": "A"}}, "supplier.name", "5", "str"),
    "no-list": ({"invoice-lines": None}, "invoice-lines", "null", None),
    "line-with-a-fraction": ({"invoice-lines": [{"line-num": 1}, {"line-num": 1.5}]}, "invoice-lines[1].line-num", "1.5", "int"),
    "line-lacks-number": ({"invoice-lines": [{"price": "1"}]}, "invoice-lines[0].line-num", "", "int"),
    "text-in-a-list": ({"invoice-lines": [{"line-num": 1, "tags": ["a", 2]}]}, "invoice-lines[0].tags[1]", "2", "str"),
    "no-map": ({"custom-fields": []}, "custom-fields", "[]", "dict[str, Any]"),
    "day-is-a-number": ({"net-due-date": 20260205.5}, "net-due-date", "20260205.5", "date | None"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "path", "value", "expected"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_does_not_fit_names_place_value_and_type(kind, change, path, value, expected):
    row = {**SENT, **change}
    (first, last), (error,) = read(KINDS[kind], SENT, row, SENT)
    assert plain(first) == plain(last) == read_by(kind)
    assert isinstance(error, CoupaRowError)
    assert error.path == path
    if value is not None:
        assert error.value == value
    if expected is not None:
        assert error.expected == expected
    assert error.id == (7 if "id" not in change else None)
    assert json.loads(error.raw) == row
    for part in (path, error.value or "is left out", error.expected, "on_invalid", str(error.id)):
        assert part in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301


def test_a_long_value_is_cut_short_in_the_error():
    error = refusal(KINDS["struct"], {**SENT, "supplier": ["name"] * 1_000})
    assert error.value.endswith("...")
    assert len(error.value) < 120
    assert len(str(error)) < 400


@pytest.mark.parametrize("text", ['"12.50"', "12.50"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_decimal_is_exact_from_text_and_from_a_number(kind, text):
    digits = "12345678901234567890.123456789012345678"
    for spelled in (text, text.replace("12.50", digits)):
        raw = json.dumps(SENT).replace('"120.50"', spelled).encode()
        assert plain(only(KINDS[kind], raw))["gross_total"] == Decimal(spelled.strip('"'))


@pytest.mark.parametrize("kind", ["dataclass", "struct", "typeddict"])
@pytest.mark.parametrize(
    "value", [5, 5.5, "5", "5.5", "2026-01-05T10:00:00", "2026-01-05", True], ids=repr
)
def test_a_moment_is_none_but_with_a_zone(kind, value):
    """An attribute that held a number became a day in 1970."""
    assert refusal(KINDS[kind], {**SENT, "updated-at": value}).path == "updated-at"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026-01-05T00:00:00-08:00", date(2026, 1, 5)),
        ("2026-12-31T00:00:00Z", date(2026, 12, 31)),
        ("2026-01-05T00:00+0200", date(2026, 1, 5)),
        ("2026-01-05T00:00:01-08:00", None),
        ("2026-13-05", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("kind", ["dataclass", "struct", "typeddict"])
def test_a_date_is_a_day_or_midnight_where_it_was_written(kind, text, day):
    row = {**SENT, "invoice-date": text}
    if day is None:
        assert refusal(KINDS[kind], row).value == json.dumps(text)
    else:
        assert plain(only(KINDS[kind], row))["invoice_date"] == day


def test_what_only_the_standard_library_reads_fits_too():
    @dataclass
    class Odd:
        name: str
        big: float
        updated_at: datetime
        amount: Decimal
        day: date | None = None

    row = (
        b'{"name":"\\ud83d","big":1e400,"updated-at":"2026-01-05T10:00:00Z","amount":1.10,"day":%s}'
    )
    made = only(Odd, row % b'"2026-01-05"')
    assert (made.name, made.big, str(made.amount)) == ("\ud83d", float("inf"), "1.10")
    assert made.day == date(2026, 1, 5)
    assert refusal(Odd, row % b'"?"').path == "day"


@dataclass
class Priced:
    price: Decimal

    def __post_init__(self):
        if self.price < 0:
            msg = "a price below zero"
            raise ValueError(msg)


@dataclass
class Ordered:
    order_lines: list[Priced]
    extra_line: Priced | None
    best: Priced | None = None
    of_old: tuple[Priced, ...] = (Priced(Decimal(1)),)
    first_of_all: Priced = field(default_factory=lambda: Priced(Decimal(2)))

    def __post_init__(self):
        if len(self.order_lines) > 2:
            msg = "too many lines"
            raise TypeError(msg)


def test_defaults_may_be_rows_themselves():
    made = only(Ordered, {"order-lines": [{"price": 1}], "best": {"price": "3"}})
    assert made.best == Priced(Decimal(3))
    assert made.of_old == (Priced(Decimal(1)),)
    assert made.first_of_all == Priced(Decimal(2))


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"order-lines": [{"price": 1}, {"price": -1}]}, "order-lines[1]"),
        ({"order-lines": [], "extra-line": {"price": "-1"}}, "extra-line"),
        ({"order-lines": [], "of-old": [{"price": 1}, {"price": "-1"}]}, "of-old[1]"),
        ({"order-lines": [{"price": 1}] * 3}, ""),
    ],
)
def test_a_row_that_its_own_constructor_refuses_says_so(row, path):
    error = refusal(Ordered, row)
    assert error.path == path
    assert ("below zero" in str(error)) is bool(path)
    assert ("it is {" in str(error)) is not bool(path)


class OwnName(msgspec.Struct):
    line_num: int

    def __post_init__(self):
        if self.line_num < 1:
            msg = "not from one"
            raise ValueError(msg)


class Deep(msgspec.Struct):
    order_header: "Ordered2"


class Ordered2(msgspec.Struct):
    order_lines: list[OwnName]


def test_the_record_that_a_constructor_refuses_is_found_at_any_depth():
    good, bad = {"line-num": 1}, {"line-num": 0}
    error = refusal(Deep, {"order-header": {"order-lines": [good, bad]}})
    assert error.path == "order-header.order-lines[1]"
    assert error.expected == "OwnName"
    assert "not from one" in str(error)


def test_constraints_of_the_types_own_hold():
    class Checked(msgspec.Struct):
        line_num: Annotated[int, msgspec.Meta(ge=1)]
        when: Annotated[datetime, msgspec.Meta(tz=True)] | None = None

    assert only(Checked, {"line-num": "4"}) == Checked(4)
    error = refusal(Checked, {"line-num": 0})
    assert "line-num is 0, expected is int (Expected `int` >= 1)" in str(error)


Money = NewType("Money", Decimal)


Amounts = typing_extensions.TypeAliasType("Amounts", list[Money])  # what `type` makes from 3.12 on


class Grade(IntEnum):
    A = 1


def test_the_odder_types_are_read_as_well():
    class Fewer(TypedDict, total=False):
        grade: Grade
        one_of: Literal[1, "a"] | None
        either: int | str | None
        several: set[int]
        named: dict[str, Money]
        days: typing.List[date]  # noqa: UP006
        bare: typing.List  # noqa: UP006
        aliased: Amounts

    sent = {
        "grade": "1",
        "one-of": "a",
        "either": "12",
        "several": ["1", 2],
        "named": {"a-b": "1.10"},
        "days": ["2026-01-05"],
        "bare": [1, "a"],
        "aliased": ["1.10"],
    }
    assert only(Fewer, sent) == {
        "grade": Grade.A,
        "one_of": "a",
        "either": "12",
        "several": {1, 2},
        "named": {"a-b": Decimal("1.10")},
        "days": [date(2026, 1, 5)],
        "bare": [1, "a"],
        "aliased": [Decimal("1.10")],
    }
    assert only(Fewer, {}) == {}
    error = refusal(Fewer, {"named": {"a-b": "x"}})
    assert (error.path, error.expected) == ("named", "dict[str, Money]")
    assert refusal(Fewer, {"days": ["2026-01-05", 5]}).path == "days[1]"


def test_types_that_need_no_mirror_are_decoded_as_they_are():
    class Currency(msgspec.Struct):
        code: str

    @dataclass
    class Account:
        id: int
        code: str = ""
        currency: Currency | None = None
        segments: list[str] = field(default_factory=list)

    rows = TypedRows(Account)
    assert rows._decoder.mirror.decoded is Account
    assert only(Account, {"id": "4", "currency": {"code": "EUR"}}) == Account(
        4, "", Currency("EUR")
    )
    assert refusal(Account, {"id": 4, "currency": {}}).path == "currency.code"


@dataclass
class Shouted:
    id: int
    code: str

    def __init__(self, id, code):  # noqa: A002  (the attribute's name)
        self.id, self.code = id, code.upper()


@dataclass
class Doubled:
    id: int
    code: str
    twice: int = field(default=0, init=False)
    factor: InitVar[int] = 2

    def __post_init__(self, factor):
        self.twice = factor * self.id


@dataclass
class Kept:
    id: int
    code: str
    twice: int = field(default=0, init=False)


@dataclass
class Trimmed:
    id: int
    code: str

    def __setattr__(self, name, value):
        super().__setattr__(name, value.strip() if name == "code" else value)


@pytest.mark.parametrize(
    ("row_type", "attributes"),
    [
        (Trimmed, {"id": 4, "code": "a"}),
        (Shouted, {"id": 4, "code": " A "}),
        (Doubled, {"id": 4, "code": " a ", "twice": 8}),
        (Kept, {"id": 4, "code": " a ", "twice": 0}),
    ],
)
def test_a_dataclass_is_built_by_its_own_constructor(row_type, attributes):
    """Its constructor was passed over, or a TypeError raised, where no name of its needed a hyphen."""
    assert asdict(only(row_type, {"id": 4, "code": " a ", "twice": 99})) == attributes


def test_a_typed_dict_by_coupas_own_names_is_decoded_as_it_is():
    Account = TypedDict("Account", {"id": int, "as-of": NotRequired[datetime], "code": str})

    class Accounts(TypedDict, total=False):
        accounts: list[Account]

    sent = {"id": "4", "as-of": "2026-01-05T10:00:00Z", "code": "a", "more": 1}
    assert only(Accounts, {"accounts": [sent, {"id": 5, "code": "b"}]}) == {
        "accounts": [
            {"id": 4, "as-of": datetime(2026, 1, 5, 10, tzinfo=UTC), "code": "a"},
            {"id": 5, "code": "b"},
        ]
    }
    assert only(Accounts, {}) == {}
    assert refusal(Accounts, {"accounts": [{"id": 4, "as-of": 5, "code": ""}]}).value == "5"


def test_a_structs_defaults_are_its_own():
    class Listed(msgspec.Struct):
        order_lines: list[int] = msgspec.field(default_factory=lambda: [1])
        count: int = 5

    assert only(Listed, {}) == Listed([1], 5)


@pytest.mark.parametrize(
    "config",
    [{"tag": True}, {"array_like": True}, {"forbid_unknown_fields": True}, {"frozen": True}],
)
def test_a_struct_of_any_make_is_read_from_coupas_json(config):
    class Made(msgspec.Struct, **config):
        id: int
        code: str = ""

    assert only(Made, {"id": 1, "code": "a", "more": 3}) == Made(1, "a")


def test_pydantic_validates_what_pydantic_declares():
    class Base(pydantic.BaseModel):
        name_given: str = pydantic.Field(min_length=2)

        @pydantic.field_validator("name_given", mode="before")
        @classmethod
        def tidy(cls, value):
            return value.strip()

    @dataclass
    class Phone:
        area_code: str
        number: str = ""

    class User(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(validate_by_alias=False, validate_by_name=True)
        contact: Base
        phone: Phone = pydantic.Field(validation_alias="phone-work")
        fax: OwnName | None = pydantic.Field(
            default=None, validation_alias=pydantic.AliasChoices("phone-fax", "fax")
        )
        custom: dict[str, float] = pydantic.Field(default_factory=dict)
        either: int | bool = 1

        @pydantic.model_validator(mode="after")
        def whole(self):
            if self.phone.area_code == "0":
                msg = "no such area"
                raise ValueError(msg)
            return self

        model_config["arbitrary_types_allowed"] = True

    contact = {"name-given": " Ada "}
    made = only(
        User, {"contact": contact, "phone-work": {"area-code": "30"}, "phone-fax": {"line-num": 1}}
    )
    assert made.contact.name_given == "Ada"
    assert made.phone == Phone("30")
    assert made.fax == OwnName(1)
    assert made.model_fields_set == {"contact", "phone", "fax"}
    error = refusal(User, {"contact": {"name-given": "A "}, "phone-work": {"area-code": "30"}})
    assert (error.path, error.value, error.expected) == ("contact.name-given", '"A "', "str")
    assert "at least 2 characters" in str(error)
    error = refusal(User, {"contact": contact, "phone-work": {"area-code": "0"}})
    assert (error.path, error.expected) == ("", "User")
    assert "no such area" in str(error)
    error = refusal(
        User, {"contact": contact, "phone-work": {"area-code": "3"}, "custom": {"a-b": "x"}}
    )
    assert (error.path, error.value, error.expected) == ("custom.a-b", '"x"', "float")
    error = refusal(User, {"contact": contact, "phone-work": {"area-code": "3"}, "either": "x"})
    assert (error.path, error.value, error.expected) == ("either", '"x"', "int | bool")


def test_pydantic_takes_the_first_string_of_several_aliases():
    class Aliased(pydantic.BaseModel):
        number: Any = pydantic.Field(validation_alias=pydantic.AliasChoices("po-number", "number"))

    assert TypedRows(Aliased).fields == ["po-number"]
    assert only(Aliased, {"po-number": 1.10}).number == Decimal("1.1")


def test_json_rows_take_anything():
    reader = JSONRows()
    page = reader.page_of(body({"id": 1}, {"a-b": [None]}))
    rows = list(reader.read(page, lambda *_: None))
    assert rows == [(1, {"id": 1}), (2, {"a-b": [None]})]


def test_a_page_without_rows_is_no_rows():
    assert read(KINDS["dataclass"]) == ([], [])
