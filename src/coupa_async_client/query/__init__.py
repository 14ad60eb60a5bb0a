"""How a question to Coupa is written: resource, filters, projection, and the query string of them all.

Pure, like everything in it. Which pages to ask for is left to the plans.
"""

from .clauses import parse_where
from .conditions import Condition
from .filters import Field, field, where
from .grammar import hyphenated
from .operands import Value
from .projection import columns_of, fields_text, parse_fields, with_id
from .resource import resource_path
from .spelling import LONGEST_QUERY, fingerprint, names_order, plain, query_string, spell
from .splitting import SAFE_QUERY, Part, split
from .terms import Term, terms

__all__ = [
    "LONGEST_QUERY",
    "SAFE_QUERY",
    "Condition",
    "Field",
    "Part",
    "Term",
    "Value",
    "columns_of",
    "field",
    "fields_text",
    "fingerprint",
    "hyphenated",
    "names_order",
    "parse_fields",
    "parse_where",
    "plain",
    "query_string",
    "resource_path",
    "spell",
    "split",
    "terms",
    "where",
    "with_id",
]
