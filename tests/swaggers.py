"""A small Swagger of a shop that never was, with every oddity of Coupa's own files."""

import json
from copy import deepcopy

LIST = [{"in": "query", "name": name, "type": "integer"} for name in ("limit", "offset")] + [
    {"in": "query", "name": "order_by", "type": "string"},
    {"in": "query", "name": "dir", "type": "string", "enum": ["asc", "desc"]},
    {"in": "query", "name": "with_drafts", "type": "boolean"},
]
ID = [{"in": "path", "name": "id", "type": "integer"}]


def ref(name):
    return {"$ref": f"#/definitions/{name}"}


def operation(tag, summary, schema=None, parameters=()):
    answer = {"description": "what came of it"} | ({"schema": schema} if schema else {})
    return {
        "tags": [tag],
        "summary": summary,
        "parameters": list(parameters),
        "responses": {"200": answer, "400": {"description": "Bad Request"}},
    }


def listing(tag, summary):
    return operation(tag, summary, {"type": "array", "items": ref(tag)}, LIST)


def record(tag, verb):
    return operation(tag, f"{verb} one", ref(tag), ID)


def field(kind, form=None, *, fixed=False, **more):
    shape = {"type": kind, "description": "A  field\nof the shop"} | more
    return shape | ({"format": form} if form else {}) | ({"readOnly": True} if fixed else {})


SHOP = {
    "swagger": "2.0",
    "info": {"title": "Shop", "version": ""},
    "host": "r40.shop.example",
    "basePath": "/api",
    "tags": [
        {"name": "Invoice", "description": "Bills API"},
        {"name": "Invoice", "description": "Other Bills API"},
        {"name": "Supplier", "description": "Suppliers API: needs a permission"},
        {"name": "Note", "description": None},
    ],
    "paths": {
        "/invoices": {"get": listing("Invoice", "Query invoices")},
        "/invoices/mine": {"get": record("Invoice", "Find")},
        "/invoices/{id}": {
            "parameters": ID,
            "get": record("Invoice", "Show"),
            "put": record("Invoice", "Update"),
            "patch": record("Invoice", "Update"),
            "delete": operation("Invoice", "Delete"),
        },
        "/invoices/{id}/submit": {"put": operation("Invoice", "/invoices/{id}/submit")},
        "/invoices/{id}/lines/{line_id}/drop": {"put": operation("Invoice", "Drop a line")},
        "/suppliers": {
            "get": listing("Supplier", "All of them"),
            "post": operation("Supplier", None, ref("Supplier")),
        },
        "/suppliers/{supplier_id}/notes": {"get": listing("Note", "Query notes of a supplier")},
        "/suppliers/{supplier_id}/notes/{id}": {"get": record("Note", "Show")},
        "/suppliers/{supplier_id}/badges/add": {"put": operation("Badge", "Add a badge")},
        "/note_texts": {"get": listing("NoteText", "/note_texts")},
        "/ping": {"get": operation("Nothing", "Is anybody there")},
    },
    "definitions": {
        "Invoice": {
            "type": "object",
            "required": ["status"],
            "properties": {
                "id": field("integer", "integer", fixed=True),
                "number": field("string", "string(40)"),
                "status": field("string", "string(50)", enum=["", "draft", "approved", "on_hold"]),
                "total": field("number", "decimal(30,4)"),
                "paid": field("boolean", "boolean", enum=["true"]),
                "created-at": field("string", "datetime", fixed=True, enum=["YYYY-MM-DD"]),
                "due-date": field("string", "date"),
                "sent-at-hour": field("string", "time"),
                "rate": field("number", "float"),
                "mode": field("integer", "integer", enum=["strict", "lax"]),
                "level": field("integer", "integer", enum=["0", "1"]),
                "home-currency": field("string", "USD"),
                "bare": {"description": None},
                "shown?": field("boolean", "boolean"),
                "supplier": ref("Supplier"),
                "lines": {"type": "array", "items": ref("Line")},
                "tags": {"type": "array", "items": ref("Invoice")},
                "hold": ref("Invoice"),
                "approver": {
                    "description": "Approver. Can be one of multiple objects: User, Sales::Team",
                    "readOnly": True,
                },
                "owner": {"description": "Owner. Can be one of multiple objects: User, Nobody"},
                "labels": {"type": "array"},
                "envelope": ref("Envelope"),
            },
        },
        "Supplier": {
            "type": "object",
            "properties": {
                "id": field("integer", "integer", fixed=True),
                "name": field("string", "string"),
                "contact": ref("User"),
                "seller": ref("User"),
                "site": ref("Invoice"),
            },
        },
        "User": {
            "properties": {
                "login": field("string"),
                "email": field("string", "text"),
                "suppliers": {"type": "array", "items": ref("Supplier")},
            }
        },
        "Sales-Team": {"properties": {"login": field("string"), "size": field("integer")}},
        "Line": {
            "properties": {
                "id": field("integer", fixed=True),
                "price": field("number"),
                "supplier": ref("Supplier"),
                "account": ref("Account"),
                "tags": {"type": "array", "items": ref("Invoice")},
            }
        },
        "Account": {"properties": {f"segment-{n}": field("string") for n in range(1, 13)}},
        "Note": {"properties": {"text": field("string"), "type": field("string")}},
        "NoteText": {"properties": {"text": field("string")}},
        "Envelope": {"type": "object"},
    },
}


def shop(**changes):
    """Return the shop's Swagger with some of its top-level members changed."""
    return deepcopy(SHOP) | changes


def as_bytes(document):
    return json.dumps(document).encode()


def written(folder, **documents):
    """Write documents into a folder, one file each, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / f"{name}.json").write_bytes(as_bytes(document))
    return folder
