"""What does importing it cost? The package, against the HTTP library that it stands on."""

import sys
from functools import partial

from figures import Report, Target, median, ratio, table
from processes import tell_of
from rounds import Rounds

_ALLOWED = 1.3
_TURNS = 5
"""Processes for each round: an import is over too soon for one to tell much."""

_MODULES = ("httpx2", "coupa_async_client")
_CODE = """
import json, time
wall, cpu = time.perf_counter(), time.process_time()
import {module}
print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]))
"""


def measure(rounds: Rounds) -> Report:
    """Import each in fresh processes, taking turns."""
    longer = Rounds(rounds.count * rounds.cut(_TURNS, 1), rounds.quick, rounds.tell)
    took = longer.of({name: partial(_import, name) for name in _MODULES}, name="import")
    alone, ours = ([wall for wall, _ in took[name]] for name in _MODULES)
    lines = [
        (
            f"`import {name}`",
            f"{1000 * median(wall for wall, _ in of):.0f}",
            f"{1000 * median(cpu for _, cpu in of):.0f}",
        )
        for name, of in took.items()
    ]
    target = Target("import: time, of its HTTP library", "at most", _ALLOWED, ratio(ours, alone))
    return Report(table(("import", "ms", "CPU ms"), lines), [target])


def _import(module: str, _: int) -> tuple[float, float]:
    wall, cpu = tell_of([sys.executable, "-c", _CODE.format(module=module)], limit=30)
    return wall, cpu
