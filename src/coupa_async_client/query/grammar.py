"""The words of Coupa's query strings, and what other query languages say instead (docs 0007, 0014).

Pure data. How values are spelled is left to `spelling`.
"""

from typing import Final

EQUALITY: Final = "eq"
"""What `Term` calls the first of the twelve operators, which is written without a word of its own."""

TEXT: Final = frozenset({"contains", "starts_with", "ends_with"})
BOUNDS: Final = frozenset({"gt", "gt_or_eq", "lt", "lt_or_eq"})
LISTS: Final = frozenset({"in", "not_in"})
OPERATORS: Final = TEXT | BOUNDS | LISTS | {"not_eq", "blank"}
"""The eleven that are written in brackets."""

LOOKALIKES: Final = {
    "gte": "gt_or_eq",
    "ge": "gt_or_eq",
    "gteq": "gt_or_eq",
    "gt_eq": "gt_or_eq",
    "gt_or_equal": "gt_or_eq",
    "lte": "lt_or_eq",
    "le": "lt_or_eq",
    "lteq": "lt_or_eq",
    "lt_eq": "lt_or_eq",
    "lt_or_equal": "lt_or_eq",
    "ne": "not_eq",
    "neq": "not_eq",
    "not_equal": "not_eq",
    "not_equals": "not_eq",
    "nin": "not_in",
    "notin": "not_in",
    "like": "contains",
    "ilike": "contains",
    "icontains": "contains",
    "contain": "contains",
    "includes": "contains",
    "startswith": "starts_with",
    "start_with": "starts_with",
    "endswith": "ends_with",
    "end_with": "ends_with",
    "null": "blank",
    "isnull": "blank",
    "is_null": "blank",
    "is_blank": "blank",
}
"""No attribute of Coupa's is called like one of these (Swagger R39, pages 0027 to 0299)."""

RESERVED: Final = frozenset(
    {"limit", "offset", "order_by", "dir", "return_object", "filter", "fields"}
)
"""Parameters that page or shape the answer (facts section 2). `exported` is not among them: though it
has a meaning of its own elsewhere, on a GET it is an attribute like others (docs 0014, 0023)."""

FLAGS: Final = frozenset({"show_deleted_lines"})
"""Parameters that are neither: this one belongs to purchase orders (doc 0024)."""


def wrong_operator(key: str) -> str | None:
    """Say what to write where a parameter such as `id[gte]` ends in another language's operator.

    None for `custom-fields[like]`: customers name their own fields as they please.
    """
    of, bracket, word = key.removesuffix("]").rpartition("[")
    meant = LOOKALIKES.get(word.replace("-", "_"))
    if meant is None or not bracket or hyphenated(of).rstrip("]").endswith("custom-fields"):
        return None
    return f"Coupa has no operator [{word}]; write [{meant}]"


def hyphenated(name: str) -> str:
    """Spell a name as Coupa's answers do; both spellings are accepted in questions (facts §2)."""
    return name.replace("_", "-")


def is_reserved(name: str) -> bool:
    """Tell whether a parameter pages or shapes the answer, in either spelling."""
    return name.replace("-", "_") in RESERVED
