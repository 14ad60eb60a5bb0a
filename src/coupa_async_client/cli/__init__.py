"""The command `coupa`: exports, single reads and a local Coupa, on the public library only."""

import sys
from collections.abc import Sequence

__all__ = ["main"]

_EXTRA = frozenset({"typer", "rich"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; argv is that of the process by default."""
    try:
        from .app import run  # noqa: PLC0415  (needs the extra)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write(
            'coupa: the command line needs typer and rich: pip install "coupa-async-client[cli]"\n'
        )
        return 2
    return run(sys.argv[1:] if argv is None else argv)
