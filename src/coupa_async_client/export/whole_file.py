"""A file that appears whole or not at all, and errors that name it. Knows no format."""

import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from coupa_async_client.errors import CoupaClientError, CoupaConfigError


class Sink(Protocol):
    """What rows are written to: a binary file, a pipe, standard output."""

    def write(self, data: bytes, /) -> object:
        """Take all of the data."""

    def flush(self) -> object:
        """Hand on what was taken."""


class Told:
    """A binary stream that counts its bytes and whose failures name the file they spoil."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        """Write to `stream`, on behalf of the file at `path`."""
        self._stream = stream
        self._path = path
        self.size = 0

    def write(self, data: bytes, /) -> None:
        """Write all of the data."""
        with _told(self._path):
            self._stream.write(data)
        self.size += len(data)

    def flush(self) -> None:
        """Hand on what was written to the operating system."""
        with _told(self._path):
            self._stream.flush()


@contextmanager
def whole_file(path: Path) -> Iterator[Told]:
    """Give a sink whose content is at `path` once the block ends well, and never in part.

    A link is followed. A file that is replaced hands its permissions on. A device or a pipe is
    written straight.

    Raises:
        CoupaConfigError: the file cannot be made; the block did not begin.
        CoupaClientError: writing failed; the temporary file is gone.
    """
    target = Path(os.path.realpath(path))
    mode = _mode_of(target, path)
    if mode is not None and not stat.S_ISREG(mode):
        with _opened(target, path, "wb") as stream, _closing(stream, path):
            yield Told(stream, path)
        return
    draft = target.with_name(f".{target.name[:40]}-{secrets.token_hex(4)}.part")
    try:
        with _opened(draft, path, "xb") as stream, _closing(stream, path):
            yield Told(stream, path)
            with _told(path):
                stream.flush()
                if mode is not None:
                    draft.chmod(stat.S_IMODE(mode))
                os.fsync(stream.fileno())
        with _told(path):
            draft.replace(target)
        _sync_folder(target.parent)
    finally:
        with suppress(OSError):
            draft.unlink()


@contextmanager
def spool_beside(path: Path) -> Iterator[BinaryIO]:
    """Open a nameless file on the disk of `path`, where there is room for it if there is for that.

    Raises:
        CoupaConfigError: it cannot be made.
    """
    target = Path(os.path.realpath(path))
    beside = not target.exists() or target.is_file()
    try:
        spool = tempfile.TemporaryFile(dir=target.parent if beside else None)  # noqa: SIM115  (closed below)
    except OSError as error:
        raise _cannot_make(path, error) from error
    with _closing(spool, path):
        yield spool


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
        raise _cannot_make(path, error) from error
    if stat.S_ISDIR(mode):
        msg = f"cannot write {path}: it is a folder; give the name of a file in it"
        raise CoupaConfigError(msg)
    return mode


def _opened(file: Path, path: Path, mode: Literal["wb", "xb"]) -> BinaryIO:
    """Open a file; a new one gets the permissions that any new file gets."""
    try:
        return file.open(mode)
    except OSError as error:
        raise _cannot_make(path, error) from error


@contextmanager
def _closing(stream: BinaryIO, path: Path) -> Iterator[None]:
    """Close the stream; on a full disk that fails again, which must not hide the first error."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            stream.close()
        raise
    with _told(path):
        stream.close()


def _sync_folder(folder: Path) -> None:
    """Make the new name outlive a power cut, where a folder can be opened at all."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}; make room or choose another place"
        raise CoupaClientError(msg) from error


def _cannot_make(path: Path, error: OSError) -> CoupaConfigError:
    reason = error.strerror or str(error)
    msg = f"cannot write {path}: {reason}; choose a file in a folder that you may write to"
    return CoupaConfigError(msg)
