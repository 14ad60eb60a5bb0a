"""Answers to typed scans, which are not split: as pages they are what splitting would have made of them."""

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import NotRequired, TypedDict

import msgspec
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupa_async_client._answers import read_page, split
from coupa_async_client._typed_rows import TypedRows
from coupa_async_client.errors import CoupaShapeError
from coupa_async_client.types import Page, Request, Response


@dataclass
class Plain:
    id: int
    name: str | None


@dataclass
class Renamed:
    display_name: str | None
    number: int = field(metadata={"coupa": "id"})


class Struct(msgspec.Struct):
    name: str | None
    ident: int = msgspec.field(name="id")


class Dict(TypedDict):
    id: int
    name: str | None


class Sparse(TypedDict):
    id: NotRequired[int]
    name: NotRequired[str | None]


class Model(pydantic.BaseModel):
    id: int
    name: str | None


@dataclass
class Textual:
    id: str
    name: str | None


@dataclass
class Nullable:
    id: int | None
    name: str | None


@dataclass
class Zeroed:
    name: str | None
    id: int = 0


@dataclass
class Nameless:
    name: str | None


TYPES = (Plain, Renamed, Struct, Dict, Sparse, Model, Textual, Nullable, Zeroed, Nameless)


def rows_with(ids):
    """Return lists of rows that fit all types."""
    row = {
        "id": ids,
        "name": st.none() | st.text(),
        "display-name": st.none() | st.text(),
        "passed-over": st.none() | st.text() | st.lists(st.integers()),
    }
    return st.lists(st.fixed_dictionaries(row), max_size=50)


text_ids = st.integers(0, 99).map(str)
rows = {
    kind: rows_with(text_ids if kind is Textual else text_ids | st.integers(0, 2**62))
    for kind in TYPES
}
spacing = st.sampled_from([None, 2])
places = st.lists(st.integers(0, 49), unique=True, max_size=50)


@pytest.mark.parametrize("row_type", TYPES, ids=lambda kind: kind.__name__)
@given(data=st.data(), indent=spacing, kept=places)
def test_an_unsplit_page_is_the_page_split(row_type, data, indent, kept):
    found = data.draw(rows[row_type])
    body = json.dumps(found, ensure_ascii=False, indent=indent).encode()
    kept = [place for place in kept if place < len(found)]
    typed, plain = TypedRows(row_type).page_of(body), split(body)
    assert type(typed) is not Page
    for made, expected in (
        (typed, plain),
        (typed.covering((3, 9)), plain.covering((3, 9))),
        (typed.keep(kept), plain.keep(kept)),
        (typed.keep(kept).covering((3, None)), plain.keep(kept).covering((3, None))),
        (typed.keep(kept).keep(range(len(kept))), plain.keep(kept)),
    ):
        assert made.ids == expected.ids
        assert made.raw == expected.raw
        assert made.span == expected.span
        assert made.weight >= sum(map(len, expected.raw))
        assert len(made) == len(expected)
        assert made == expected
        assert made.without("id") == expected.without("id")


def refuse(_count, error, cause):
    raise error from cause


@pytest.mark.parametrize("row_type", TYPES, ids=lambda kind: kind.__name__)
@given(data=st.data(), kept=places)
def test_rows_of_a_page_that_was_cut_are_those_that_were_kept(row_type, data, kept):
    found = data.draw(rows[row_type])
    kept = [place for place in kept if place < len(found)]
    reader = TypedRows(row_type)
    page = reader.page_of(json.dumps(found).encode())
    every = [row for _, row in reader.read(page, refuse)]
    assert [row for _, row in reader.read(page.keep(kept), refuse)] == [every[i] for i in kept]
    assert len(every) == len(found)


@pytest.mark.parametrize("row_type", [Sparse, Zeroed, Nullable, Nameless])
def test_an_id_that_a_type_makes_up_for_a_row_is_not_the_rows_own(row_type):
    page = TypedRows(row_type).page_of(b'[{"name":"a"},{"id":7,"name":"b"},{"id":null,"name":"c"}]')
    assert page.ids == (None, 7, None)


ran = []


@dataclass
class Counted:
    id: int

    def __post_init__(self):
        ran.append(self.id)
        self.id += 1_000


class CountedStruct(msgspec.Struct):
    id: int

    def __post_init__(self):
        ran.append(self.id)
        self.id += 1_000


@dataclass
class Outer:
    id: int
    inner: Counted


@pytest.mark.parametrize("row_type", [Counted, CountedStruct, Outer])
def test_nothing_of_the_users_runs_before_rows_are_handed_out(row_type):
    """Ids are Coupa's, whatever a type makes of them, and a row that is dropped is not made."""
    ran.clear()
    reader = TypedRows(row_type)
    page = reader.page_of(b'[{"id":1,"inner":{"id":1}},{"id":2,"inner":{"id":2}}]')
    assert page.ids == (1, 2)
    assert ran == []
    ((_, row),) = reader.read(page.keep([1]), refuse)
    assert ran == [2]
    assert getattr(row, "inner", row).id == 1_002


class Guessed(Enum):
    OTHER = "other"

    @classmethod
    def _missing_(cls, value):
        ran.append(value)
        return cls.OTHER


@dataclass
class Defaulted:
    id: int
    number: int = field(default_factory=lambda: ran.append("default") or 7)


class DefaultedStruct(msgspec.Struct):
    id: int
    number: int = msgspec.field(default_factory=lambda: ran.append("default") or 7)


@dataclass
class Guessing:
    id: int
    kind: Guessed


@dataclass
class Holding:
    kind: str
    inner: Defaulted


@pytest.mark.parametrize("row_type", [Defaulted, DefaultedStruct, Guessing, Holding])
def test_nothing_of_the_users_runs_for_a_row_that_is_dropped(row_type):
    ran.clear()
    reader = TypedRows(row_type)
    row = '{"id":%d,"kind":"k","inner":{"id":3}}'
    page = reader.page_of(f"[{row % 1},{row % 2},{row % 2}]".encode())
    assert len(list(reader.read(page.keep([1]), refuse))) == 1
    assert len(ran) == 1


def first_of(known):
    return next(each for each in known if each)


@dataclass
class Seeking:
    id: int
    name: str | None = None

    def __post_init__(self):
        first_of([self.name])


class SeekingStruct(msgspec.Struct):
    id: int
    name: str | None = None

    def __post_init__(self):
        first_of([self.name])


class SeekingModel(pydantic.BaseModel):
    id: int
    name: str | None = None

    @pydantic.field_validator("name")
    @classmethod
    def _found(cls, name):
        return first_of([name])


@dataclass
class Within:
    id: int
    inner: Seeking


class WithinDict(TypedDict):
    id: int
    lines: list[Seeking]


@pytest.mark.parametrize(
    "row_type", [Seeking, SeekingStruct, SeekingModel, Within, WithinDict], ids=lambda t: t.__name__
)
def test_a_stop_iteration_in_a_users_type_ends_no_page(row_type):
    """It would end any loop over the rows, which would look as if no more of them had come."""
    named, nameless = {"id": 3, "name": "a"}, {"id": 4, "name": None}
    found = [
        {**named, "inner": named, "lines": [named]},
        {**nameless, "inner": nameless, "lines": [named, nameless, named]},
        {**named, "inner": named, "lines": [named, named]},
    ]
    reader = TypedRows(row_type)
    rows = reader.read(reader.page_of(json.dumps(found).encode()), refuse)
    assert next(rows)[0] == 1
    with pytest.raises(RuntimeError) as caught:
        next(rows)
    assert isinstance(caught.value.__cause__, StopIteration)


@pytest.mark.parametrize(
    "body",
    [
        b'[{"id":1,"name":"a","passed-over":"\xff"}]',
        b'[{"id":1,"name":"\xff"}]',
        b'[{"id":1,"name":"a"},3]',
        b'[{"id":1,"name":"a"},',
        b'[{"id":1,"name":"a"}] [',
        b'{"id":1,"name":"a"}',
        b"[" + b'{"id":1,"name":"a"},' * 50 + b'{"id":1,"name":"a"}]',
        b'[{"id":1,"name":"a","passed-over":' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
        b"",
    ],
    ids=[
        *("skipped-utf-8", "utf-8", "no-object", "cut-off", "more-behind", "no-list", "51-rows"),
        *("nested", "empty"),
    ],
)
@pytest.mark.parametrize("row_type", [Plain, Dict, Nameless])
def test_an_answer_that_is_no_page_is_refused_in_the_same_words(row_type, body):
    request, response = Request("GET", "http://c/api/x"), Response(200, {}, body)
    with pytest.raises(CoupaShapeError) as plain:
        read_page(request, response)
    with pytest.raises(CoupaShapeError) as typed:
        read_page(request, response, TypedRows(row_type).page_of)
    assert str(typed.value) == str(plain.value)
    assert typed.value.transient == plain.value.transient
