"""Coupa's own description of its API as data, and questions checked against it before they are sent.

Pure: reading the files is left to `swagger`, fetching them from an instance to the client.
"""

from .checks import Term, check
from .model import Attribute, Description, Operation, Resource
from .parsing import parse

__all__ = ["Attribute", "Description", "Operation", "Resource", "Term", "check", "parse"]
