"""The floors of the package as data, and what is wrong with one module's imports.

CONTRIBUTING has the picture. The checks themselves are in test_layers.py.
"""

import ast
from collections.abc import Iterator

PACKAGE = "coupa_async_client"

# From the ground up. A module imports from floors strictly below its own; a subpackage is named once.
FLOORS = (
    ("errors", "types", "_seen", "_horizon", "folders", "instance_profile", "explanation"),
    (
        *("query", "_ranges", "_offsets", "_ledger", "_retry", "_limits", "_settings", "_answers"),
        *("_tokens", "_encodings", "_shapes", "description", "_parts", "_census"),
        *("hooks", "_ownership"),
    ),
    ("_connections", "_mirrors", "_profile_table", "_forecast"),
    (
        *("_transport", "_question", "_budget", "_record", "_locked", "_token_file", "_misfits"),
        *("swagger", "_keyring", "_known_instance"),
    ),
    (
        *("_token_store", "_shared_budget", "_typed_rows", "_vocabulary", "_listeners"),
        *("profiles", "_foretelling"),
    ),
    ("auth", "_budget_file", "_budget_redis", "_rows", "_trail"),
    ("_engine", "_budgets"),
    ("_run", "_api_docs", "_explaining"),
    ("_reading", "_portal", "_assembly"),
    ("scan",),
    ("_offset_methods",),
    ("client",),
    ("sync_client",),
    ("export", "telemetry", "doctor"),
    ("cli",),
)
FLOOR_OF = {module: floor for floor, modules in enumerate(FLOORS) for module in modules}

FACE = "__init__"  # gathers the public names, so it looks down on everything but the command line
ISLAND = "sandbox"  # shares no code with the client: a common misreading would cancel out in tests
HARBOUR = "cli"  # the only module that knows both, because it starts the sandbox

PURE_FLOORS = range(2)
IMPURE = frozenset({"asyncio", "logging", "random", "socket", "time"})
HTTP_LIBRARY = "httpx2"
HTTP_MODULES = ("_connections", "_transport")


def module_of(path: str) -> str:
    """Name the module of a file, given its path inside the package: `a/b.py` is `a.b`."""
    return path.removesuffix(".py").replace("/", ".").removesuffix(f".{FACE}")


def place_of(module: str) -> str | None:
    """Name the row of the table that a dotted module belongs to, or None for a module without one."""
    places = {*FLOOR_OF, FACE, ISLAND}
    while module not in places and "." in module:
        module = module.rpartition(".")[0]
    return module if module in places else None


def violations(source: str, path: str) -> list[str]:
    """Say in one line each what the imports of `source`, a file at `path` in the package, break."""
    importer = place_of(module_of(path))
    if importer is None:
        return [f"{path}: has no floor; give it one in tests/floors.py"]
    found = (
        (line, reason)
        for line, target in imports(source, path)
        if (reason := objection(importer, target))
    )
    return [f"{path}:{line}: {reason}" for line, reason in found]


def imports(source: str, path: str) -> Iterator[tuple[int, str]]:
    """Yield line and absolute dotted target of every import, however deep in the code."""
    containers = [PACKAGE, *path.split("/")[:-1]]
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = containers[: len(containers) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{origin}.{alias.name}"


def objection(importer: str, target: str) -> str | None:
    """Say why `importer`, a row of the table, may not import the dotted `target`; None if it may."""
    root, _, inside = target.partition(".")
    if root == PACKAGE:
        imported = place_of(inside)
        if imported is None and "." in inside:
            return f"{inside.partition('.')[0]} has no floor"
        return _inside_objection(importer, imported or FACE)
    if root == HTTP_LIBRARY and importer not in HTTP_MODULES:
        return f"only {' and '.join(HTTP_MODULES)} import {HTTP_LIBRARY}"
    if root in IMPURE and FLOOR_OF.get(importer) in PURE_FLOORS:
        return f"{importer} is pure and may not import {root}: what it needs is an argument"
    return None


def _inside_objection(importer: str, imported: str) -> str | None:
    if importer == imported:
        return None
    if ISLAND in (importer, imported):
        return (
            None
            if importer == HARBOUR
            else f"{importer} may not import {imported}: {ISLAND} is an island"
        )
    if importer == FACE:
        return f"{FACE} may not import {imported}" if imported == HARBOUR else None
    if imported == FACE:
        return (
            None if importer == HARBOUR else f"{importer} may not import the package's public face"
        )
    if FLOOR_OF[imported] >= FLOOR_OF[importer]:
        return f"{importer} (floor {FLOOR_OF[importer]}) may not import {imported} (floor {FLOOR_OF[imported]})"
    return None
