"""Coupa's API description from files, and compact copies of what was read before.

What the files say is read by `description`. Fetching them from an instance is left to the client.
"""

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from .description.compact import Other, pack, unpack
from .description.model import Description
from .description.parsing import LARGEST, parse
from .errors import CoupaConfigError

Source = str | os.PathLike[str] | bytes | Mapping[str, Any]
"""A file, a folder of `.json` files, a file's bytes, or its JSON decoded."""

_COPY = "description-{}.bin"


def load(
    source: Source | Sequence[Source], *, cache: str | os.PathLike[str] | None = None
) -> Description:
    """Read Coupa's Swagger 2.0, whole or in as many files as Coupa publishes it in.

    Args:
        source: a file, a folder of them, the bytes or JSON of one, or a sequence of these; they are
            merged. A compact copy from the cache counts as a file.
        cache: a folder for compact copies, one for each content; made if need be. Where it cannot be
            written, the description is read as if there were none.

    Raises:
        CoupaConfigError: names what cannot be read or is no such description, and where there is one.
    """
    sources = source if isinstance(source, list | tuple) else [source]
    given = [content for each in sources for content in _contents(each)]
    if not given:
        msg = (
            "description: nothing is given; give Coupa's Swagger file, or the folder with its files"
        )
        raise CoupaConfigError(msg)
    names, contents = zip(*given, strict=True)
    if len(contents) == 1 and (copied := unpack(contents[0])):
        if isinstance(copied, Other):
            msg = (
                f"{names[0]} is a copy made by another version of this library; "
                "load the Swagger files that it was made of"
            )
            raise CoupaConfigError(msg)
        return copied
    copy = None if cache is None else Path(cache) / _COPY.format(_digest(contents))
    kept = copy and _kept(copy)
    description = kept or parse(*contents, names=names)
    if copy:
        _keep(copy, None if kept else pack(description))
    return description


def keep(description: Description, cache: str | os.PathLike[str]) -> Path:
    """Keep a description in a folder for compact copies, and return the copy, which `load` takes.

    As with `load`, a folder that cannot be written keeps nothing.
    """
    packed = pack(description)
    copy = Path(cache) / _COPY.format(_digest([packed]))
    _keep(copy, packed)
    return copy


def last_loaded(cache: str | os.PathLike[str]) -> Description | None:
    """Return the description in a cache that was loaded last; None if there is none."""
    copies: list[tuple[float, Path]] = []
    with suppress(OSError):
        copies = [(copy.stat().st_mtime, copy) for copy in Path(cache).glob(_COPY.format("*"))]
    return next(filter(None, (_kept(copy) for _, copy in sorted(copies, reverse=True))), None)


def _contents(source: object) -> Iterator[tuple[str, bytes]]:
    """Yield what a source consists of: a name for messages, and bytes."""
    match source:
        case bytes():
            yield "the description", source
        case Mapping():
            yield "the description", _encoded(source)
        case str() | os.PathLike():
            for file in _files(Path(source)):
                yield f"description {file}", _read(file)
        case _:
            msg = (
                f"description is {source!r}; give Coupa's Swagger as a file, a folder, "
                "bytes or decoded JSON"
            )
            raise CoupaConfigError(msg)


def _files(path: Path) -> list[Path]:
    with _readable(path):
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        msg = f"description: {path} is a folder without .json files; give Coupa's Swagger files"
        raise CoupaConfigError(msg)
    return files


def _encoded(source: Mapping[Any, Any]) -> bytes:
    try:
        return msgspec.json.encode(source)
    except (TypeError, ValueError, RecursionError) as error:
        msg = f"the description is no JSON ({error}); give what json.load made of a Swagger file"
        raise CoupaConfigError(msg) from None


def _read(file: Path) -> bytes:
    with _readable(file), file.open("rb") as opened:
        return opened.read(LARGEST + 1)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong with a file into an error that says what to give."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        msg = (
            f"description: cannot read {str(path)!r} ({reason}); give Coupa's Swagger 2.0 file, or a "
            "folder of them: an instance serves it at /api_docs/0.json"
        )
        raise CoupaConfigError(msg) from None


def _digest(contents: Iterable[bytes]) -> str:
    each = b"".join(hashlib.sha256(content).digest() for content in contents)
    return hashlib.sha256(each).hexdigest()[:32]


def _kept(copy: Path) -> Description | None:
    with suppress(OSError):
        found = unpack(copy.read_bytes())
        return found if isinstance(found, Description) else None
    return None


def _keep(copy: Path, content: bytes | None) -> None:
    """Write a copy that appears whole, or note that the one there is was used.

    A cache that cannot be written is none.
    """
    part = copy.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    with suppress(OSError):
        if content is None:
            os.utime(copy)
            return
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(content)
            part.replace(copy)
        finally:  # an interrupt may come at any moment
            part.unlink(missing_ok=True)
