"""The rows of the local Coupa: which attributes each resource has and what stands in them.

Attributes, kinds and enums are Coupa's; where Coupa lists no values, those here are made up. Knows
nothing of requests, filters or changes to rows.
"""

from coupa_async_client.sandbox.shapes.model import JSON, Attribute, Kind, Shape
from coupa_async_client.sandbox.shapes.resource import RESOURCES, Resource

__all__ = ["JSON", "RESOURCES", "Attribute", "Kind", "Resource", "Shape"]
