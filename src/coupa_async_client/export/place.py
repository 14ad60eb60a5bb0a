"""Where a file is to be, checked before anything is asked for, and errors that name it.

Knows no format.
"""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from coupa_async_client.errors import CoupaClientError, CoupaConfigError

_LONGEST_NAME = 200
"""Bytes of a file's name that leave room for what is put around it; most systems end at 255."""


class Sink(Protocol):
    """What rows are written to: a binary file, a pipe, standard output."""

    def write(self, data: bytes, /) -> object:
        """Take all of the data."""

    def flush(self) -> object:
        """Hand on what was taken."""


class Told:
    """A binary stream that counts its bytes and whose failures name the file they spoil."""

    def __init__(self, stream: BinaryIO, path: Path, size: int = 0) -> None:
        """Write to `stream`, on behalf of the file at `path`, behind `size` bytes."""
        self._stream = stream
        self._path = path
        self.size = size

    def write(self, data: bytes, /) -> None:
        """Write all of the data."""
        with told(self._path):
            self._stream.write(data)
        self.size += len(data)

    def flush(self) -> None:
        """Hand on what was written to the operating system."""
        with told(self._path):
            self._stream.flush()

    def sync(self) -> None:
        """Make what was written outlive a power cut."""
        with told(self._path):
            self._stream.flush()
            os.fsync(self._stream.fileno())


@dataclass(frozen=True, slots=True)
class Place:
    """A path as the caller gave it, the file that it leads to, and the mode of what is there."""

    path: Path
    target: Path
    mode: int | None

    @classmethod
    def of(cls, path: Path) -> "Place":
        """Follow links and look at what is there.

        Raises:
            CoupaConfigError: no file can be there.
        """
        target = Path(os.path.realpath(path))
        return cls(path, target, _mode_of(target, path))

    @property
    def straight(self) -> bool:
        """Tell whether a device or a pipe is there, which takes rows but cannot be replaced."""
        return self.mode is not None and not stat.S_ISREG(self.mode)

    def beside(self, ending: str) -> Path:
        """Return the hidden neighbour with this ending; it has the same name in every run."""
        name = os.fsencode(self.target.name)
        if len(name) <= _LONGEST_NAME:
            return self.target.with_name(f".{self.target.name}.{ending}")
        return self.target.with_name(
            f".{self.target.name[:40]}-{sha256(name).hexdigest()[:16]}.{ending}"
        )

    @contextmanager
    def opened(self, file: Path, mode: Literal["wb", "r+b"]) -> Iterator[Told]:
        """Open a file on behalf of this place; `r+b` goes on at its end.

        Raises:
            CoupaConfigError: it cannot be opened.
            CoupaClientError: closing it failed.
        """
        try:
            stream = file.open(mode)
        except OSError as error:
            raise cannot_make(self.path, error) from error
        with _closing(stream, self.path):
            yield Told(stream, self.path, stream.seek(0, os.SEEK_END) if mode == "r+b" else 0)

    def take(self, file: Path) -> None:
        """Let a file that is safely on disk be the one at this place, with the mode of the old one."""
        with told(self.path):
            if self.mode is not None:
                file.chmod(stat.S_IMODE(self.mode))
            file.replace(self.target)
        with suppress(OSError):  # not every system can open a folder
            folder = os.open(self.target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @contextmanager
    def held(self, file: Path) -> Iterator[None]:
        """Make the file if need be, and keep every other export away from it while the block runs.

        Raises:
            CoupaConfigError: it cannot be made, or another export is at it.
        """
        handle = self._locked(file)
        while not _is(file, handle):  # the one who held it has just put it in place
            os.close(handle)
            handle = self._locked(file)
        try:
            yield
        finally:
            os.close(handle)

    def _locked(self, file: Path) -> int:
        try:
            handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise cannot_make(self.path, error) from error
        if not _lock(handle):
            os.close(handle)
            msg = (
                f"another export is writing to {self.path}; wait until it has ended, or choose "
                "another file"
            )
            raise CoupaConfigError(msg)
        return handle


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Let failures to write name the file that they spoil.

    Raises:
        CoupaClientError: the block raised an OSError.
    """
    try:
        yield
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}; make room or choose another place"
        raise CoupaClientError(msg) from error


def cannot_make(path: Path, error: OSError) -> CoupaConfigError:
    """Say that there can be no file at a path."""
    reason = error.strerror or str(error)
    msg = f"cannot write {path}: {reason}; choose a file in a folder that you may write to"
    return CoupaConfigError(msg)


def _mode_of(target: Path, path: Path) -> int | None:
    """Return the type and permissions of what is there already, None where nothing is."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        if target.parent.is_dir():
            return None
        msg = f"cannot write {path}: its folder {target.parent} does not exist; make it first"
        raise CoupaConfigError(msg) from None
    except OSError as error:
        raise cannot_make(path, error) from error
    if stat.S_ISDIR(mode):
        msg = f"cannot write {path}: it is a folder; give the name of a file in it"
        raise CoupaConfigError(msg)
    return mode


@contextmanager
def _closing(stream: BinaryIO, path: Path) -> Iterator[None]:
    """Close the stream; on a full disk that fails again, which must not hide the first error."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            stream.close()
        raise
    with told(path):
        stream.close()


def _is(file: Path, handle: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _lock(handle: int) -> bool:  # noqa: ARG001  (no such lock there)
        return True

else:
    from fcntl import LOCK_EX, LOCK_NB, flock

    def _lock(handle: int) -> bool:
        """Tell whether the lock was to be had, or the disk (a network's) knows of none."""
        try:
            flock(handle, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
