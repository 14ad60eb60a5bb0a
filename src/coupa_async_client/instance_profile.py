"""What is known of one Coupa instance where Coupa's documentation leaves it open: plain facts.

Found out by `doctor`, used by the clients; files are read by `_known_instance`.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

VERSION = 1

Unknown = Literal["ignored", "refused", "empty"]
"""What a name that is no attribute does: nothing, a 400, or an empty list."""


@dataclass(frozen=True, slots=True)
class InstanceProfile:
    """How one instance answers; None is not known. JSON by `to_dict()`.

    Attributes:
        host: whose facts these are, with the port where one is named.
        examined: when, in ISO 8601.
        page_cap: rows an answer holds at most, 51 for any number above Coupa's 50 (doc 0014).
        larger_limit: what a `limit` above 50 does: rows up to the cap, all that were asked for, a 400.
        ids_ascending: lists without `order_by` come in ascending order of id.
        honours_order_by: `order_by` with `dir` is obeyed.
        honours_fields: `fields` is obeyed.
        honours_id_gt: `id[gt]` is obeyed.
        unknown_filter: what a filter on no attribute does; "ignored" lists everything.
        unknown_field: what `fields` with a name that is no attribute does.
        retry_after: a 429 says how long to wait.
        latency_p50: seconds that half of the answers took at most.
        latency_p90: seconds that nine of ten answers took at most.
        concurrent: requests in flight that reach the rate at that latency, with a margin.
    """

    host: str
    examined: str
    page_cap: int | None = None
    larger_limit: Literal["capped", "obeyed", "refused"] | None = None
    ids_ascending: bool | None = None
    honours_order_by: bool | None = None
    honours_fields: bool | None = None
    honours_id_gt: bool | None = None
    unknown_filter: Unknown | None = None
    unknown_field: Unknown | None = None
    retry_after: bool | None = None
    latency_p50: float | None = None
    latency_p90: float | None = None
    concurrent: int | None = None

    @property
    def against_ids(self) -> str:
        """Say why this instance cannot be paged by id; empty where nothing is known against it."""
        if self.honours_id_gt is False:
            return "it ignores id[gt]"
        if self.ids_ascending is False and self.honours_order_by is not True:
            return "it lists ids in another order than ascending, and order_by is not known to help"
        return ""

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as a JSON-able dictionary, as a client's `profile` takes it in a file."""
        return {"version": VERSION, **asdict(self)}

    def to_json(self) -> str:
        """Return the profile as a file holds it."""
        return json.dumps(self.to_dict(), indent=2)
