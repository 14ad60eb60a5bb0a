"""A shared budget's record in a small file, for the processes of one host."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from ._locked import FileLock
from ._record import SIGNATURE
from ._shared_budget import Found

_LONGEST = 4096


class FileStore:
    """Keeps a record in a file, locked for the microseconds that an exchange takes.

    Processes on one host read one clock, whatever Python calls it; hosts that share a folder do not.
    A file of `ours` is in a folder that is made if need be, and holds nothing else, so that whatever
    is found there is a record, if a damaged one.
    """

    def __init__(self, path: Path, clock: Callable[[], float], *, ours: bool) -> None:
        """Name the file; nothing is opened yet."""
        self._path = path
        self._lock = FileLock(path)
        self._clock = clock
        self._ours = ours

    async def swap(self, held: bytes | None, wanted: bytes) -> Found | None:
        """Exchange the record, or look; None where another process has the lock.

        Raises:
            OSError: the file cannot be opened, or holds something that is no record.
        """
        if not self._acquired():
            return None
        try:
            content = self._content(self._lock.descriptor)
            if held is None and not self._ours and not _is_record(content):
                raise FileExistsError(0, "the file holds something else")
            if content == held:
                _overwrite(self._lock.descriptor, wanted)
            return Found(content, self._clock())
        finally:
            self._lock.release()

    async def aclose(self) -> None:
        """Do nothing: the file is open only while it is locked."""

    def _acquired(self) -> bool:
        try:
            return self._lock.acquire(blocking=False)
        except FileNotFoundError:
            if not self._ours:
                raise
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._lock.acquire(blocking=False)

    def _content(self, file: int) -> bytes:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise FileExistsError(0, "it is no plain file")
        content = os.read(file, _LONGEST)
        os.lseek(file, 0, os.SEEK_SET)
        return content


def _is_record(content: bytes) -> bool:
    """Tell a record, which may be damaged or not be there yet, from what belongs to somebody."""
    return content.startswith(SIGNATURE) or not content.strip(b"\0")


def _overwrite(file: int, wanted: bytes) -> None:
    """Write in place: what a process leaves half written when it dies is known by its checksum."""
    os.write(file, wanted)
    os.ftruncate(file, len(wanted))
    os.lseek(file, 0, os.SEEK_SET)
