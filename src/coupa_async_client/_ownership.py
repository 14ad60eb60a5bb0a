"""Whose a file is, and who else may open it."""

import os
import stat


def objection(found: os.stat_result, path: str) -> str | None:
    """Say why an open file is not its user's alone, as the end of a sentence; None if it is."""
    if not stat.S_ISREG(found.st_mode):
        return "which is no plain file"
    if os.name == "nt":  # pragma: no cover  (modes say nothing there)
        return None
    if found.st_uid != os.geteuid():
        return "which belongs to another user"
    if found.st_mode & 0o077:
        return f"which others may open (mode {stat.S_IMODE(found.st_mode):04o}): chmod 600 {path}"
    return None
