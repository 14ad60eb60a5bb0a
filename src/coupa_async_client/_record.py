"""The pace as a record of bytes, which processes hand on to each other.

Pure: where a record is kept, and who may change it when, is for others to say.
"""

import math
import struct
import zlib
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from ._limits import Pace

SIGNATURE = b"coupa\x00\r\n"
"""What each record begins with; a record of text, or of another program, does not."""

_VERSION = 1
_numbers = attrgetter(*(field.name for field in fields(Pace)))
_LAYOUT = struct.Struct(f"<{len(SIGNATURE)}sI{2 + len(fields(Pace))}d")
_CHECKSUM = struct.Struct("<I")

_AHEAD = 5.0
"""Seconds by which clocks may differ; what lies further ahead is from before the clock began anew."""

_LONGEST_PAUSE = 300.0


@dataclass(frozen=True, slots=True)
class Record:
    """The documented limit as those who share it gave it, and what is known of the bucket."""

    rate: float
    burst: float
    pace: Pace


def spelled(record: Record) -> bytes:
    """Spell a record."""
    numbers = (record.rate, record.burst, *_numbers(record.pace))
    content = _LAYOUT.pack(SIGNATURE, _VERSION, *numbers)
    return content + _CHECKSUM.pack(zlib.crc32(content))


def understood(content: bytes, now: float) -> Record | None:
    """Read a record; None if it is damaged, of another version, or of a clock that began anew."""
    body, checksum = content[: _LAYOUT.size], content[_LAYOUT.size :]
    if len(body) < _LAYOUT.size or checksum != _CHECKSUM.pack(zlib.crc32(body)):
        return None
    signature, version, rate, burst, *numbers = _LAYOUT.unpack(body)
    pace = Pace(*numbers)
    sound = (
        (signature, version) == (SIGNATURE, _VERSION)
        and not any(math.isnan(number) for number in (rate, burst, *numbers))
        and max(pace.at, pace.since) <= now + _AHEAD
        and max(pace.refused, pace.paused) <= now + _LONGEST_PAUSE
    )
    return Record(rate, burst, pace) if sound else None


def emptied(pace: Pace, now: float) -> Pace:
    """Return the same with a bucket that is empty now, for when nobody knows what has left since."""
    level = min(pace.level, 0.0)
    return replace(pace, level=level, at=now, since=now, began=0.0, through=0.0)
