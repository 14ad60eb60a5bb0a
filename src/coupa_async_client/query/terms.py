"""The filters of a question as data, whichever way it was written: what a checker or a reader needs."""

import re
from dataclasses import dataclass

from coupa_async_client.types import Params

from .grammar import EQUALITY, FLAGS, LISTS, OPERATORS, hyphenated, is_reserved
from .spelling import spelled

_NAMES = re.compile(r"[^\[\]]+")


@dataclass(frozen=True, slots=True)
class Term:
    """One filter as it is sent: `key`, and its parts.

    `path` is hyphenated, as answers are; `operator` is "eq" where the key has none. `values` holds one
    text, or those of the comma list that `in` and `not_in` take.
    """

    path: tuple[str, ...]
    operator: str
    values: tuple[str, ...]
    key: str


def terms(params: Params | None, *, reserved: bool = False) -> tuple[Term, ...]:
    """List the filters among parameters, or of a condition, in the order given.

    Left out is what filters nothing: flags (`show_deleted_lines`), and unless `reserved` are asked for,
    the parameters that page or shape the answer (`limit`, `offset`, `order_by`, `dir`,
    `return_object`, `filter`, `fields`). `exported` is a filter.

    Raises:
        CoupaConfigError: a value has no one spelling.
    """
    return tuple(
        _term(key, text)
        for key, text in spelled(params)
        if (reserved or not is_reserved(key)) and key.replace("-", "_") not in FLAGS
    )


def path_and_operator(key: str) -> tuple[tuple[str, ...], str]:
    """Take a parameter's name apart.

    Brackets are read liberally: Coupa's pages nest them too, `supplier[primary_address[city]]`
    (doc 0140) and `[lookup][created-at][gt]` (doc 0062).
    """
    *path, last = _NAMES.findall(key) or [key]
    operator = last.replace("-", "_")
    if path and (operator in OPERATORS or operator == EQUALITY):
        return tuple(map(hyphenated, path)), operator
    return tuple(map(hyphenated, [*path, last])), EQUALITY


def _term(key: str, text: str) -> Term:
    path, operator = path_and_operator(key)
    return Term(path, operator, tuple(text.split(",")) if operator in LISTS else (text,), key)
