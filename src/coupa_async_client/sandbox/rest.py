"""The REST API: collections and records, read and written (docs 0006, 0011, 0014, 0016)."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from coupa_async_client.sandbox import grammar
from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.exchange import Answer, Call
from coupa_async_client.sandbox.oauth import SCOPES
from coupa_async_client.sandbox.projection import projection
from coupa_async_client.sandbox.refusal import RefusalError
from coupa_async_client.sandbox.rendering import Rendering
from coupa_async_client.sandbox.schema import Schema, wire
from coupa_async_client.sandbox.store import Store, Table, stamp
from coupa_async_client.sandbox.values import JSON, Row

_MAX_ID_DIGITS = 18


def answer(call: Call, store: Store, scopes: frozenset[str] | None, config: Config) -> Answer:
    """Answer a request below `/api`; `scopes` is None when its token is no good."""
    rendering = Rendering.wanted(call.headers.get("accept", ""), config)
    try:
        table, row_id = _permitted(call, store, scopes)
        if row_id is None:
            return _collection(call, table, rendering, config)
        return _record(call, table, row_id, rendering, config)
    except RefusalError as error:
        return rendering.refusal(error)


def _permitted(call: Call, store: Store, scopes: frozenset[str] | None) -> tuple[Table, int | None]:
    if scopes is None:
        raise RefusalError(401, "authorization", "The access token is missing or worthless")
    table, row_id = _route(call.path, store)
    stem = SCOPES.get(table.name)
    needed = f"{stem}.{'read' if call.method == 'GET' else 'write'}"
    if stem is not None and needed not in scopes:
        raise RefusalError(403, "scope", f"The token lacks the scope {needed}")
    return table, row_id


def _route(path: str, store: Store) -> tuple[Table, int | None]:
    name = path.removeprefix("/api/").strip("/")
    if name in store.tables:
        return store.tables[name], None
    resource, _, last = name.rpartition("/")
    table = store.tables.get(resource)
    if table is None:
        raise RefusalError(404, "resource", f"There is no resource {name}")
    is_id = last.isascii() and last.isdigit() and len(last) <= _MAX_ID_DIGITS
    if not is_id or int(last) not in table:
        raise RefusalError(404, "id", f"There is no record {last} in {resource}")
    return table, int(last)


def _collection(call: Call, table: Table, rendering: Rendering, config: Config) -> Answer:
    reserved = grammar.reserved_values(call.query)
    if call.method == "GET":
        query = grammar.parse(call.query, table.schema, config)
        if reserved.get("return_object") == "none":
            # doc 0008: none is for PUT and POST only; a GET answers as if it were not there.
            del reserved["return_object"]
        cut = projection(reserved, table, config)
        rows = [cut(row_id) for row_id in table.page(query)]
        return rendering.page(table, [row for row in rows if row is not None])
    if call.method != "POST":
        raise RefusalError(405, "method", f"{call.method} is not for a collection")
    cut = projection(reserved, table, config)
    values = _body(call, table.schema)
    values.pop("id", None)
    return rendering.row(table, cut(table.insert(_filled(table, values))), 201)


def _record(call: Call, table: Table, row_id: int, rendering: Rendering, config: Config) -> Answer:
    reserved = grammar.reserved_values(call.query)
    if call.method == "GET" and reserved.get("return_object") == "none":
        del reserved["return_object"]
    cut = projection(reserved, table, config)
    match call.method:
        case "GET":
            return rendering.row(table, cut(row_id), 200)
        case "PUT" | "PATCH":
            _change(call, table, row_id)
            return rendering.row(table, cut(row_id), 200)
        case "DELETE":
            row = cut(row_id)
            table.delete(row_id)
            return rendering.row(table, row, 200)
        case _:
            raise RefusalError(405, "method", f"{call.method} is not for a record")


def _change(call: Call, table: Table, row_id: int) -> None:
    exported = dict(call.query).get("exported")
    if exported in {"true", "false"}:
        # doc 0016: marking is a request of its own, other changes in it are left aside.
        table.update(row_id, {"exported": exported == "true"}, touch=False)
        return
    values = _body(call, table.schema)
    values.pop("id", None)
    read = table.reader(row_id)
    table.update(row_id, {name: _merged(read(name), new) for name, new in values.items()})


def _merged(old: object, new: JSON) -> JSON:
    """Lay a partial association over the one that is there, unless it names another record."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    if "id" in new and new["id"] != old.get("id"):
        return new
    return {**old, **{wire(name): value for name, value in new.items()}}


def _body(call: Call, schema: Schema) -> dict[str, JSON]:
    """Read a bare JSON object (doc 0011) whose keys may have underscores (docs 0094, 0213)."""
    try:
        body = msgspec.json.Decoder(float_hook=Decimal).decode(call.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusalError(400, "body", f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise RefusalError(400, "body", "The body is one JSON object without a root key")
    return {schema.extra.get(wire(name), wire(name)): value for name, value in body.items()}


def _filled(table: Table, values: Mapping[str, JSON]) -> Row:
    """Give a created record every attribute of its shape: what is not sent is empty."""
    now = stamp()
    empty: Row = {"created-at": now, "updated-at": now}
    if table.resource is not None:
        for name, attribute in table.resource.shape.attributes.items():
            empty.setdefault(name, [] if attribute.kind == "list" else None)
        empty.pop("id", None)
    return {**empty, **values}
