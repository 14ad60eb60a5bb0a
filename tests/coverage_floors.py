"""A pytest plugin: a whole run with coverage fails unless the lowest floors are covered wholly.

It adds to `--cov-fail-under`, which looks at the package as one. A part of the suite is not judged.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from coverage import Coverage

from floors import FLOOR_OF, PACKAGE, module_of, place_of

COVERED_WHOLLY = range(4)

_uncovered = pytest.StashKey[list[str]]()


@pytest.hookimpl
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    coverage = _coverage_of(session.config)
    if exitstatus or coverage is None or not _is_whole(session.config):
        return
    if uncovered := list(_uncovered_files(coverage)):
        session.config.stash[_uncovered] = uncovered
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if uncovered := config.stash.get(_uncovered, None):
        last = COVERED_WHOLLY[-1]
        terminalreporter.section(f"floors 0 to {last} are not covered wholly", red=True, bold=True)
        for line in uncovered:
            terminalreporter.line(line, red=True)


def uncovered_in(coverage: Coverage, file: Path) -> str:
    """Name the lines and the branching lines of `file` that did not run; empty if all did."""
    *_, lines = coverage.analysis2(str(file))
    branches = [
        str(line)
        for line, (exits, taken) in coverage.branch_stats(str(file)).items()
        if taken < exits
    ]
    missing = {"lines": lines, "branches from lines": ", ".join(branches)}
    return "; ".join(f"{kind} {where}" for kind, where in missing.items() if where)


def _uncovered_files(coverage: Coverage) -> Iterator[str]:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise pytest.UsageError(f"{PACKAGE} is not installed")
    folder = Path(spec.origin).parent
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder).as_posix()
        floor = FLOOR_OF.get(place_of(module_of(path)) or "")
        if floor in COVERED_WHOLLY and (missing := uncovered_in(coverage, file)):
            yield f"{path} (floor {floor}): {missing}"


def _coverage_of(config: pytest.Config) -> Coverage | None:
    plugin = config.pluginmanager.getplugin("_cov")
    controller = getattr(plugin, "cov_controller", None)
    return getattr(controller, "cov", None)


def _is_whole(config: pytest.Config) -> bool:
    named = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    chosen = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "collectonly")
    return not named and not any(config.getoption(option, default=None) for option in chosen)
