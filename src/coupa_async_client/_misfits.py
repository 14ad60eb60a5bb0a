"""What to say of a row that does not fit its type: where, what stands there, and what was expected."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, get_args

import msgspec

from ._mirrors import Mirror
from ._shapes import Shape, title, unwrapped
from .errors import CoupaRowError
from .types import Page

Misfit = Callable[[int, CoupaRowError, Exception], None]
"""Told of each row that does not fit: the number of rows up to it, the error, and what it is raised
from. Raises, or lets the rest go on."""

_Step = str | int

_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|\[\.\.\.\]")
_LACKING = re.compile(r"Object missing required field `(.+)`")
_LONGEST_VALUE = 100
_ABSENT = object()


def row_error(
    page: Page, place: int, mirror: Mirror, decoded: object, cause: Exception
) -> CoupaRowError:
    """Explain why one row of a page does not fit; `decoded` is None where it did not get so far."""
    row, shape = page[place], mirror.shape
    steps, reason = _said(cause, shape, row)
    if decoded is not None and not steps:
        steps = _culprit(mirror, decoded)
    path, expected, found = _path(steps), _expected(shape, steps), _found(row, steps)
    value = "" if found is _ABSENT else _shortened(found)
    so = f"is {value}" if value else "is left out"
    why = "" if not value or ", got `" in reason else f" ({reason})"
    id_ = page.ids[place]
    message = (
        f"the row with id {id_} does not fit {title(shape.type)}: {path or 'it'} {so}, expected is "
        f'{expected}{why}; correct the type, or leave such rows out by on_invalid="collect"'
    )
    return CoupaRowError(
        message, id=id_, path=path, value=value, expected=expected, raw=page.raw[place]
    )


def _said(cause: Exception, shape: Shape, row: object) -> tuple[list[_Step], str]:
    """Return where in a row a validator found fault, by Coupa's names, and its words."""
    if shape.kind == "pydantic" and (errors := getattr(cause, "errors", None)):
        first = errors(include_url=False)[0]
        _, *loc = first["loc"]  # within a list of this row alone
        return _by_coupas_names(loc, shape, row), first["msg"]
    reason, _, path = str(cause).partition(" - at `$")
    steps: list[_Step] = []
    for name, place in _STEP.findall(path.removesuffix("`")):
        if not name and not place:
            break  # somewhere in a dict, msgspec does not say where
        steps.append(name or int(place))
    if lacking := _LACKING.match(reason):
        steps.append(lacking[1])
    return steps, reason


def _by_coupas_names(loc: Sequence[_Step], shape: Shape | None, row: object) -> list[_Step]:
    """Translate where pydantic found fault; it puts names of its own between those of the data."""
    steps: list[_Step] = []
    for step in loc:
        declared = shape.attributes if shape else ()
        attribute = next((each for each in declared if each.name == step), None)
        if attribute is not None:
            steps.append(attribute.coupa)
            shape = attribute.shape
        elif _found(row, [*steps, step]) is not _ABSENT:
            steps.append(step)
    return steps


def _culprit(mirror: Mirror, decoded: object) -> list[_Step]:
    """Find the record within a row that its own constructor refuses."""
    values = msgspec.structs.astuple(decoded) if mirror.within else ()  # type: ignore[arg-type]
    for place, attribute, inner in mirror.within:
        held = values[place]
        several = isinstance(held, list | tuple)
        for index, each in enumerate(held if several else (held,)):
            if each.__class__ is not inner.decoded:
                continue
            try:
                list(inner.built((each,)))
            except (ValueError, TypeError):
                within = [index] if several else []
                return [attribute.coupa, *within, *_culprit(inner, each)]
    return []


def _found(row: object, steps: Sequence[_Step]) -> object:
    """Return what a row holds at a place, `_ABSENT` for nothing."""
    value = row
    for step in steps:
        try:
            value = value[step]  # type: ignore[index]  # a wrong step is what is caught
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return value


def _expected(shape: Shape, steps: Sequence[_Step]) -> str:
    """Spell the type that an attribute was declared with."""
    annotation: Any = shape.type
    inner: Shape | None = shape
    for step in steps:
        if isinstance(step, str) and inner is not None:
            declared = next(each for each in inner.attributes if each.coupa == step)
            annotation, inner = declared.annotation, declared.shape
        else:
            args = get_args(unwrapped(annotation))
            annotation = args[-1 if isinstance(step, str) else 0] if args else Any
    return title(annotation)


def _path(steps: Sequence[_Step]) -> str:
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps).lstrip(".")


def _shortened(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
