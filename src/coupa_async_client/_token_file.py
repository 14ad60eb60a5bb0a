"""The file of the token cache: for its owner's eyes alone, and replaced in one go.

What is in it is left to `_tokens`, the lock around a change to `_token_store`.
"""

import os
from pathlib import Path

from ._ownership import objection
from .errors import CoupaConfigError

_LARGEST = 2**20
_CAREFULLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class TokenFile:
    """Bytes under a path, mode 0600."""

    def __init__(self, path: str) -> None:
        """Name the file; `~` is the home folder.

        Raises:
            CoupaConfigError: there is no such home folder, or no file can have that name.
        """
        try:
            self.path = Path(path).expanduser().absolute()
            self.lock = self.path.with_name(f"{self.path.name}.lock")
            self._new = self.path.with_name(f"{self.path.name}.new")
        except (RuntimeError, ValueError) as error:
            msg = f"token_cache is {path!r}: {error}; write the path of a file out"
            raise CoupaConfigError(msg) from error

    def read(self) -> bytes:
        """Return the content; none where there is no file, or a symbolic link, which is not followed.

        Raises:
            CoupaConfigError: it is no plain file, not this user's, or others may read it.
        """
        try:
            if self.path.is_symlink():
                return b""
            file = os.open(self.path, os.O_RDONLY | _CAREFULLY)
            try:
                self._check(os.fstat(file))
                return os.read(file, _LARGEST)
            finally:
                os.close(file)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise self._refusal(f"which cannot be read ({error.strerror})") from error

    def write(self, content: bytes) -> None:
        """Replace the file, or the symbolic link that is in its place; call it with the lock held.

        Raises:
            OSError: it could not be written; the old content stays.
        """
        self._new.unlink(missing_ok=True)  # left by a process that died
        file = os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "wb") as opened:
                opened.write(content)
            self._new.replace(self.path)
        except BaseException:
            self._new.unlink(missing_ok=True)
            raise

    def _check(self, found: os.stat_result) -> None:
        if reason := objection(found, str(self.path)):
            raise self._refusal(reason, remedy="remove it, or name a file of your own")

    def _refusal(self, reason: str, remedy: str = "name a file of your own") -> CoupaConfigError:
        return CoupaConfigError(f"token_cache is {str(self.path)!r}, {reason}; {remedy}")
