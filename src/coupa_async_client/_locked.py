"""A lock between processes, on a path; what it protects, and how long to wait, is for others to say."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

if sys.platform == "win32":  # pragma: no cover  (tested where flock is)
    import msvcrt
else:
    import fcntl

_NEVER_A_LINK = getattr(os, "O_NOFOLLOW", 0)
_BYTES = getattr(os, "O_BINARY", 0)


class FileLock:
    """What `threading.Lock` is to threads, for processes that name the same path.

    The file is made if need be, mode 0600, and stays. The system frees the lock of a process that
    dies. Each holder has an instance of its own; two of one process exclude one another too.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self._path = path
        self._held: int | None = None

    def acquire(self, blocking: bool = True) -> bool:
        """Take the lock and return True; without `blocking`, return False where another has it.

        Raises:
            OSError: the file cannot be opened or locked.
        """
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | _NEVER_A_LINK | _BYTES, 0o600)
            with ExitStack() as opened:
                opened.callback(os.close, file)
                if not _lock(file, blocking=blocking):
                    return False
                if self._is_at_the_path(file):
                    self._held = file
                    opened.pop_all()
                    return True

    @property
    def descriptor(self) -> int:
        """The open file, while the lock is held; leave it at its beginning."""
        if self._held is None:
            msg = "this lock is not held"
            raise RuntimeError(msg)
        return self._held

    def release(self) -> None:
        """Give the lock back."""
        held, self._held = self.descriptor, None
        try:
            _unlock(held)
        finally:
            os.close(held)

    def __enter__(self) -> None:
        """Wait for the lock."""
        self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give it back."""
        self.release()

    def _is_at_the_path(self, file: int) -> bool:
        """Tell whether the locked file is the one that others will open: it may have been removed."""
        try:
            return os.path.samestat(os.fstat(file), self._path.lstat())
        except FileNotFoundError:
            return False


if sys.platform == "win32":  # pragma: no cover

    def _lock(file: int, *, blocking: bool) -> bool:
        while True:
            try:
                msvcrt.locking(file, msvcrt.LK_LOCK if blocking else msvcrt.LK_NBLCK, 1)
            except OSError:  # LK_LOCK gives up after 10 s
                if not blocking:
                    return False
            else:
                return True

    def _unlock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:

    def _lock(file: int, *, blocking: bool) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if blocking else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: int) -> None:
        """Say it aloud: a child forked off meanwhile holds the file open, and would go on locking."""
        fcntl.flock(file, fcntl.LOCK_UN)
