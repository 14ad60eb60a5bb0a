"""How a row type is read: a mirror of it under Coupa's names, which msgspec decodes, and the way back.

Types that msgspec reads as they are have no mirror. Reading pages is left to `_rows`.
"""

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from itertools import chain, islice
from types import GenericAlias, NoneType
from typing import Annotated, Any, Literal, NotRequired, TypedDict, Union

import msgspec

from ._shapes import (
    COLLECTIONS,
    UNIONS,
    Annotation,
    Attribute,
    Shape,
    apart,
    left_out,
    nothing,
    refused,
    takes_none,
    title,
    unwrapped,
)


class _Dates(type):
    # In C, for it is asked of each row: bound to `date`, so it takes the value alone.
    __instancecheck__ = date.__instancecheck__  # pyright: ignore[reportAssignmentType]


class Day(metaclass=_Dates):
    """A date in the eyes of msgspec, which leaves what it does not know to the decoder's hook."""


# Lax reading takes a number for seconds since 1970. No number fits these, so it is refused instead.
_NO_INT = Annotated[int, msgspec.Meta(ge=1, le=0)]
_NO_FLOAT = Annotated[float, msgspec.Meta(ge=1.0, le=0.0)]
_INSTANT = Union[Annotated[datetime, msgspec.Meta(tz=True)], _NO_INT, _NO_FLOAT]  # noqa: UP007

_READ = (int, str, bool, float, Decimal, datetime, date, Any, None, NoneType, list, dict)
_HOLDING = (list, tuple, set, frozenset, dict, Sequence, Mapping)

Build = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Mirror:
    """How rows of one shape are read; made by `mirror_of`.

    `decoded` is what msgspec decodes, `built` makes rows of the user's type from that. `same` is
    true where the two are one; `within` are the attributes by place that hold mirrors in turn.
    """

    shape: Shape
    decoded: Any
    built: Build
    same: bool
    within: "Within"


Within = tuple[tuple[int, Attribute, Mirror], ...]
_Convert = Callable[[Sequence[Any]], Sequence[Any]]


def mirror_of(shape: Shape, *, for_pydantic: bool = False) -> Mirror:
    """Make the mirror of a row type; `for_pydantic` leaves it to a model above to make the type.

    Raises:
        CoupaConfigError: an attribute's type cannot be read; names it and the remedy.
    """
    untyped = (for_pydantic or shape.kind == "pydantic") and shape.kind != "struct"
    held = [
        None if each.shape is None else mirror_of(each.shape, for_pydantic=untyped)
        for each in shape.attributes
    ]
    annotations = [
        _annotation(shape, attribute, mirror, untyped=untyped)
        for attribute, mirror in zip(shape.attributes, held, strict=True)
    ]
    within = tuple(
        (place, attribute, mirror)
        for place, (attribute, mirror) in enumerate(zip(shape.attributes, held, strict=True))
        if mirror is not None and not mirror.same
    )
    as_dict = shape.kind == "typeddict" or untyped
    decoded = None if within else _decoded_as_itself(shape, annotations, as_dict=as_dict)
    same = decoded is not None
    build: Build = iter
    if not same:
        decoded = _struct(shape, annotations)
        build = _dicts(shape, within) if as_dict else _objects(shape, within)
    if shape.kind == "pydantic" and not for_pydantic:
        same, build = False, _validated(shape, build)
    return Mirror(shape, decoded, build, same, within)


def _decoded_as_itself(
    shape: Shape, annotations: Sequence[Annotation], *, as_dict: bool
) -> Annotation | None:
    """Return what msgspec decodes to the very rows that are wanted, where it can."""
    if any(each.name != each.coupa or each.absent is nothing for each in shape.attributes):
        return None
    if hasattr(shape.type, "__post_init__"):
        return None  # rows are decoded again where one of a page does not fit; it is to run once
    declared = zip(shape.attributes, annotations, strict=True)
    if as_dict:
        keys = {
            each.coupa: annotation if each.absent is None else NotRequired[annotation]
            for each, annotation in declared
        }
        return TypedDict(title(shape.type), keys)  # type: ignore[operator]  # at run time
    if shape.kind == "dataclass" and not _is_its_fields(shape):
        return None
    config = getattr(shape.type, "__struct_config__", None)
    if config and (config.forbid_unknown_fields or config.array_like or config.tag is not None):
        return None
    return shape.type if all(each.annotation == known for each, known in declared) else None


def _is_its_fields(shape: Shape) -> bool:
    """Tell whether a dataclass is made of its attributes alone, by the constructor they make.

    msgspec calls no other, nor a `__setattr__`: it would pass over those of the user's own, and fill
    fields with `init=False`.
    """
    names = [attribute.name for attribute in shape.attributes]
    sets = shape.type.__setattr__
    return (
        [each.name for each in dataclasses.fields(shape.type)] == names
        and set(inspect.signature(shape.type).parameters) == set(names)
        and _written_by_dataclass(shape.type.__init__)
        and (sets is object.__setattr__ or _written_by_dataclass(sets))
    )


def _written_by_dataclass(method: object) -> bool:
    code = getattr(method, "__code__", None)
    return getattr(code, "co_filename", "") == "<string>"  # what `dataclass` writes, it compiles


def _struct(shape: Shape, annotations: Sequence[Annotation]) -> Annotation:
    """Define what is decoded in place of the type, under Coupa's names."""
    nameable = all(each.name.isidentifier() for each in shape.attributes)
    return msgspec.defstruct(
        title(shape.type),
        [
            (each.name if nameable else f"a{place}", annotation, _field(each))
            for place, (each, annotation) in enumerate(
                zip(shape.attributes, annotations, strict=True)
            )
        ],
        kw_only=True,
        gc=False,
    )


def _field(attribute: Attribute) -> object:
    if attribute.absent is None:
        return msgspec.field(name=attribute.coupa)
    return msgspec.field(name=attribute.coupa, default_factory=attribute.absent)


def _annotation(
    shape: Shape, attribute: Attribute, held: Mirror | None, *, untyped: bool
) -> Annotation:
    """Spell an attribute's type for msgspec; what pydantic is going to check is taken as it comes."""
    if held is None:
        return Any if untyped else _checked(shape, attribute)
    annotation = held.decoded
    origin, _ = apart(unwrapped(attribute.annotation))
    if origin is tuple:
        annotation = GenericAlias(tuple, (annotation, ...))
    elif origin in COLLECTIONS:
        annotation = GenericAlias(list, (annotation,))
    return annotation | None if takes_none(attribute.annotation) else annotation


def _checked(shape: Shape, attribute: Attribute) -> Annotation:
    try:
        annotation = _readable(attribute.annotation)
        msgspec.json.Decoder(annotation)
    except TypeError as error:
        why = (
            f"is {title(attribute.annotation)}, which is not read ({error}); use int, str, bool, "
            "float, Decimal, datetime, date, Literal, an Enum, Any, a list or dict of those, or a "
            "type of your own for an association"
        )
        raise refused(shape.type, attribute.name, why) from error
    return annotation


def _readable(annotation: Annotation) -> Annotation:
    """Spell a plain type for msgspec.

    Raises:
        TypeError: it is none that Coupa's JSON could hold.
    """
    origin, args = apart(annotation)
    if origin is Annotated:
        readable = _readable(args[0])
        return readable if args[0] in (datetime, date) else Annotated[(readable, *args[1:])]
    if origin in UNIONS:
        return Union[tuple(map(_readable, args))]  # noqa: UP007  (of as many as there are)
    if origin in _HOLDING:
        inside = tuple(each if each is Ellipsis else _readable(each) for each in args)
        return GenericAlias(origin, inside) if inside else origin
    if named := getattr(annotation, "__supertype__", getattr(annotation, "__value__", None)):
        return _readable(named)
    is_enum = isinstance(annotation, type) and issubclass(annotation, Enum)
    if not (is_enum or origin is Literal or annotation in _READ):
        msg = f"{title(annotation)} is no type of JSON"
        raise TypeError(msg)
    return {datetime: _INSTANT, date: Day}.get(annotation, annotation)


def _objects(shape: Shape, within: Within) -> Build:
    """Build rows one by one, or attribute by attribute where some hold records to be built too."""
    names = [attribute.name for attribute in shape.attributes]
    conversions = [(place, _conversion(attribute, mirror)) for place, attribute, mirror in within]

    def build(decoded: Iterable[Any]) -> Iterable[Any]:
        values: Iterable[Sequence[Any]] = map(msgspec.structs.astuple, decoded)
        if conversions:
            columns: list[Any] = list(zip(*values, strict=True))
            for place, convert in conversions[: len(columns)]:
                columns[place] = convert(columns[place])
            values = zip(*columns, strict=True)
        # No map: a StopIteration of the user's would end it, and the page with it.
        if shape.in_order:
            return [shape.type(*row) for row in values]
        return [shape.type(**dict(zip(names, row, strict=True))) for row in values]

    return build


def _dicts(shape: Shape, within: Within) -> Build:
    names = [attribute.name for attribute in shape.attributes]
    conversions = [
        (attribute.name, _conversion(attribute, mirror)) for _, attribute, mirror in within
    ]
    nameable = all(name.isidentifier() for name in names)
    sparse = any(attribute.absent is left_out for attribute in shape.attributes)

    def build(decoded: Iterable[Any]) -> Iterable[Any]:
        rows: Iterable[dict[str, Any]] = map(msgspec.structs.asdict, decoded)
        if not nameable:
            rows = (dict(zip(names, row.values(), strict=True)) for row in rows)
        for name, convert in conversions:
            rows = list(rows)
            for row, value in zip(rows, convert([row[name] for row in rows]), strict=True):
                row[name] = value
        if sparse:
            unset = msgspec.UNSET
            return ({k: v for k, v in row.items() if v is not unset} for row in rows)
        return rows

    return build


def _validated(shape: Shape, build: Build) -> Build:
    from pydantic import TypeAdapter  # noqa: PLC0415  (an extra, which a model brings along)

    rows: Any = GenericAlias(list, (shape.type,))
    validate = TypeAdapter(rows).validate_python  # all at once takes a sixth less
    # Numbers come as text (facts section 7), which a strict model would not take.
    return lambda decoded: validate(list(build(decoded)), strict=False)


def _conversion(attribute: Attribute, mirror: Mirror) -> _Convert:
    """Return what builds the records that one attribute of many rows holds.

    What stands in for them (null, a default, an empty list) stays as it is.
    """
    origin, _ = apart(unwrapped(attribute.annotation))
    return partial(_lists_built if origin in COLLECTIONS else _records_built, mirror)


def _records_built(mirror: Mirror, column: Sequence[Any]) -> Sequence[Any]:
    kind = mirror.decoded
    if set(map(type, column)) == {kind}:
        return list(mirror.built(column))
    built = iter(mirror.built(each for each in column if each.__class__ is kind))
    return [next(built) if each.__class__ is kind else each for each in column]


def _lists_built(mirror: Mirror, column: Sequence[Any]) -> Sequence[Any]:
    kind = mirror.decoded
    lists = [each if each and each[0].__class__ is kind else () for each in column]
    built = iter(mirror.built(chain.from_iterable(lists)))
    return [
        each.__class__(islice(built, len(each))) if known else each
        for each, known in zip(column, lists, strict=True)
    ]
