"""What an export would bring and cost, on stdout: for people, or as JSON."""

import sys
from collections.abc import Callable

from coupa_async_client import CoupaConfigError, SyncScan

from .description_json import print_json
from .failures import noted_warnings


def check_together(*, explain: bool, as_json: bool, resume: bool) -> None:
    """Check that the options about an explanation go together.

    Raises:
        CoupaConfigError: they do not.
    """
    if as_json and not explain:
        msg = "--json is for --explain; an export says what came of it with --receipt FILE"
        raise CoupaConfigError(msg)
    if explain and resume:
        msg = "--explain tells of the whole export; leave --resume out"
        raise CoupaConfigError(msg)


def print_explanation(ask: Callable[[], SyncScan], *, as_json: bool) -> None:
    """Print what a scan would bring and cost.

    Raises:
        CoupaClientError: it cannot be found out.
    """
    with noted_warnings():
        scan = ask()
    explanation = scan.explain()
    if as_json:
        print_json(explanation.to_dict())
    else:
        sys.stdout.write(f"{explanation}\n")
        sys.stdout.flush()
