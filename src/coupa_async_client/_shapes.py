"""What a row type asks of Coupa: its attributes by Coupa's names, and so the `fields` projection.

Reads dataclasses, TypedDicts, msgspec Structs and pydantic models, and refuses what no row could
become. Decoding rows is left to `_rows`.
"""

import dataclasses
import inspect
import re
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from .errors import CoupaConfigError

ALIAS = "coupa"
"""The key under which a dataclass field's metadata names the attribute as Coupa spells it."""

UNIONS = (Union, types.UnionType)
COLLECTIONS = (list, tuple, Sequence)

_KINDS = "a dataclass, a TypedDict, a msgspec.Struct or a pydantic model"
_NAME = re.compile(r"[A-Za-z0-9]\w*(-\w+)*", re.ASCII)
_CUSTOM_FIELDS = "custom-fields"

Annotation = Any
"""What an attribute is declared as: a class, or what `typing` makes of classes."""

Kind = Literal["dataclass", "typeddict", "struct", "pydantic"]
Absent = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a row type; `shape` is that of the records it holds, alone or in a list.

    `name` is what the type calls it, `absent` makes the value for a row that leaves it out.
    """

    name: str
    coupa: str
    annotation: Annotation
    absent: Absent | None = None
    shape: "Shape | None" = None

    @property
    def field(self) -> object:
        """Its entry in a projection (doc 0008)."""
        if self.shape is not None:
            return {self.coupa: self.shape.fields}
        return {self.coupa: {}} if self.coupa == _CUSTOM_FIELDS else self.coupa

    @property
    def whole(self) -> "Attribute":
        """The attribute in rows that spell out every null."""
        absent = None if self.absent is nothing else self.absent
        return dataclasses.replace(self, absent=absent, shape=self.shape and self.shape.whole)


@dataclass(frozen=True, slots=True)
class Shape:
    """A row type that has been read; made by `shape_of`.

    `in_order` tells whether its constructor takes the attributes by position.
    """

    kind: Kind
    type: Any
    attributes: tuple[Attribute, ...]
    in_order: bool

    @property
    def fields(self) -> list[object]:
        """The projection that asks for these attributes and no others."""
        return [attribute.field for attribute in self.attributes]

    @property
    def whole(self) -> "Shape":
        """The shape of rows that spell out every null, which most instances send."""
        return dataclasses.replace(self, attributes=tuple(each.whole for each in self.attributes))


def nothing() -> None:
    """Stand for an attribute that may be null and was left out (doc 0087)."""


def left_out() -> object:
    """Stand for an attribute that is to be left out of the row too."""
    return msgspec.UNSET


def shape_of(row_type: Annotation, above: tuple[object, ...] = ()) -> Shape:
    """Read a row type, and the types of the records within.

    Raises:
        CoupaConfigError: no row can become this; names the type, the attribute and the remedy.
    """
    kind = kind_of(row_type)
    if kind is None:
        msg = f"type is {row_type!r}; give {_KINDS}"
        raise CoupaConfigError(msg)
    try:
        declared = list(_DECLARED[kind](row_type))
    except (NameError, AttributeError, TypeError) as error:
        msg = f"type {title(row_type)}: {error}; name types that stand at the top of their module"
        raise CoupaConfigError(msg) from error
    attributes = tuple(_completed(row_type, each, (*above, row_type)) for each in declared)
    if not attributes:
        msg = f"type {title(row_type)} has no attributes; name those that Coupa is to send"
        raise CoupaConfigError(msg)
    for coupa, count in Counter(each.coupa for each in attributes).items():
        if count > 1:
            names = [each.name for each in attributes if each.coupa == coupa]
            raise refused(row_type, " and ".join(names), f"are both {coupa!r}; keep one of them")
    built = kind in ("dataclass", "struct")
    in_order = built and _in_order(row_type, [attribute.name for attribute in attributes])
    return Shape(kind, row_type, attributes, in_order)


def kind_of(row_type: Annotation) -> Kind | None:
    """Tell what sort of row type this is; None for anything that is none."""
    if not isinstance(row_type, type):
        return None
    if dataclasses.is_dataclass(row_type):
        return None if hasattr(row_type, "__pydantic_validator__") else "dataclass"
    if issubclass(row_type, msgspec.Struct):
        return "struct"
    if issubclass(row_type, dict) and hasattr(row_type, "__required_keys__"):
        return "typeddict"
    pydantic = sys.modules.get("pydantic")  # who has a model has imported it
    if pydantic is None or not issubclass(row_type, pydantic.BaseModel):
        return None
    return None if issubclass(row_type, pydantic.RootModel) else "pydantic"


def apart(annotation: Annotation) -> tuple[Annotation, tuple[Annotation, ...]]:
    """Return what a type is made of, and its arguments: `list` and `(int,)` of `list[int]`."""
    return get_origin(annotation), get_args(annotation)


def refused(row_type: object, name: str, why: str) -> CoupaConfigError:
    """Make the error for an attribute that cannot be."""
    return CoupaConfigError(f"type {title(row_type)}: {name} {why}")


def title(annotation: object) -> str:
    """Spell a type as a reader of the code would: `Decimal | None`, `list[Line]`."""
    origin, args = apart(annotation)
    if origin is Annotated:
        return title(args[0])
    if origin in UNIONS:
        return " | ".join(map(title, args))
    if origin is not None:
        inside = map(repr if origin is Literal else title, args)
        return f"{getattr(origin, '__name__', 'Literal')}[{', '.join(inside)}]"
    if annotation is type(None) or annotation is Ellipsis:
        return "None" if annotation is not Ellipsis else "..."
    return getattr(annotation, "__name__", None) or repr(annotation)


def unwrapped(annotation: Annotation) -> Annotation:
    """Take `Annotated` and `| None` off."""
    origin, args = apart(annotation)
    if origin is Annotated:
        return unwrapped(args[0])
    if origin in UNIONS:
        rest = [each for each in args if each is not type(None)]
        return unwrapped(rest[0]) if len(rest) == 1 else annotation
    return annotation


def takes_none(annotation: Annotation) -> bool:
    """Tell whether null fits."""
    origin, args = apart(annotation)
    if origin is Annotated:
        return takes_none(args[0])
    return annotation is Any or (origin in UNIONS and type(None) in args)


def _completed(row_type: object, attribute: Attribute, above: tuple[object, ...]) -> Attribute:
    """Check one attribute, and read the type of the records it holds."""
    if not _NAME.fullmatch(attribute.coupa):
        why = (
            f"would be {attribute.coupa!r} at Coupa, which is no attribute's name; rename it, or "
            "give Coupa's name as its alias"
        )
        raise refused(row_type, attribute.name, why)
    held = _record_type(attribute.annotation)
    if held in above:
        why = f"holds {title(held)} again, which would never end; use a smaller type there"
        raise refused(row_type, attribute.name, why)
    if held is None and any(map(kind_of, _parts(attribute.annotation))):
        why = (
            f"is {title(attribute.annotation)}: records in a dict or a union cannot be asked for; "
            "use Line, Line | None, list[Line] or dict[str, Any]"
        )
        raise refused(row_type, attribute.name, why)
    shape = None if held is None else shape_of(held, above)
    if shape is not None and shape.kind == "pydantic" and kind_of(row_type) != "pydantic":
        why = f"is the pydantic model {title(held)}; those nest in pydantic models only"
        raise refused(row_type, attribute.name, why)
    absent = attribute.absent
    if absent is None and takes_none(attribute.annotation):
        absent = nothing
    return dataclasses.replace(attribute, absent=absent, shape=shape)


def _record_type(annotation: Annotation) -> Annotation:
    """Return the row type that an attribute holds, alone or in a list; None for a plain value."""
    held = unwrapped(annotation)
    origin, args = apart(held)
    if args and origin in COLLECTIONS and args[1:] in ((), (Ellipsis,)):
        held = args[0]
    return held if kind_of(held) else None


def _parts(annotation: Annotation) -> Iterator[Annotation]:
    yield annotation
    for each in get_args(annotation):
        yield from _parts(each)


def _in_order(row_type: type[Any], names: list[str]) -> bool:
    """Tell whether the type is built from its attributes by their order or needs their names."""
    signature = inspect.signature(row_type)
    try:
        signature.bind(**dict.fromkeys(names))
    except TypeError as error:
        msg = (
            f"type {title(row_type)} cannot be built from its attributes ({error}); give it the "
            "constructor that its fields make"
        )
        raise CoupaConfigError(msg) from error
    known = signature.parameters.values()
    return [each.name for each in known if each.kind is not each.KEYWORD_ONLY] == names


def _coupa_name(name: str) -> str:
    """Spell a Python name as Coupa does; a trailing underscore keeps clear of a keyword."""
    return name.removesuffix("_").replace("_", "-")


def _constant(value: object) -> Absent:
    return lambda: value


def _of_dataclass(row_type: type[Any]) -> Iterator[Attribute]:
    hints = get_type_hints(row_type, include_extras=True)
    for each in dataclasses.fields(row_type):
        if not each.init:
            continue
        absent: Absent | None = None
        if each.default_factory is not dataclasses.MISSING:
            absent = each.default_factory
        elif each.default is not dataclasses.MISSING:
            absent = _constant(each.default)
        coupa = str(each.metadata.get(ALIAS) or _coupa_name(each.name))
        yield Attribute(each.name, coupa, hints[each.name], absent)


def _of_struct(row_type: type[Any]) -> Iterator[Attribute]:
    for each in msgspec.structs.fields(row_type):
        absent: Absent | None = None
        if each.default_factory is not msgspec.NODEFAULT:
            absent = each.default_factory
        elif each.default is not msgspec.NODEFAULT:
            absent = _constant(each.default)
        renamed = each.encode_name != each.name
        coupa = each.encode_name if renamed else _coupa_name(each.name)
        yield Attribute(each.name, coupa, each.type, absent)


def _of_typeddict(row_type: type[Any]) -> Iterator[Attribute]:
    for name, hint in get_type_hints(row_type, include_extras=True).items():
        annotation, required = hint, name in row_type.__required_keys__
        origin, args = apart(hint)
        if origin in (Required, NotRequired):
            annotation, required = args[0], origin is Required
        yield Attribute(name, _coupa_name(name), annotation, None if required else left_out)


def _of_pydantic(row_type: type[Any]) -> Iterator[Attribute]:
    row_type.model_rebuild()  # at once where nothing is open
    for name, each in row_type.model_fields.items():
        alias = each.validation_alias or each.alias
        alias = getattr(alias, "choices", (alias,))[0]
        if not isinstance(alias, str | None):
            raise refused(row_type, name, "has a path as its alias; give a nested model instead")
        by_name = row_type.model_config.get("validate_by_alias") is False
        yield Attribute(
            name if by_name or not alias else alias,
            alias or _coupa_name(name),
            each.annotation,
            None if each.is_required() else left_out,
        )


_DECLARED: dict[Kind, Callable[[type[Any]], Iterator[Attribute]]] = {
    "dataclass": _of_dataclass,
    "typeddict": _of_typeddict,
    "struct": _of_struct,
    "pydantic": _of_pydantic,
}
