"""When rows were created and updated, as Coupa writes it: whole seconds with the zone's offset.

The sandbox lives on the Pacific coast of the United States; its clock is arithmetic, so it needs
no zone database.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_START = int(datetime(2024, 11, 1, 7, tzinfo=UTC).timestamp())
_END = int(datetime(2026, 11, 1, 6, 59, 59, tzinfo=UTC).timestamp())
_HALF_WAY = 1000
"""The row created in the middle of the two years."""
_HOUR = 3600
_JITTER = 6 * _HOUR
"""Rows are created this little out of the order of their ids."""
_DAY = 86400
_WEEK = 7 * _DAY
_JOB = int(datetime(2025, 8, 14, 10, 15, tzinfo=UTC).timestamp())
"""One run of the weekly job that touches many rows in the same seconds."""
_DRAWS = 1 << 20


def created(n: int, draw: int, family: int = 1) -> int:
    """Return the second, since 1970, in which row `n` was created.

    Rises with `n` but for six hours, however many rows there are: half of the two years belong to
    the first thousand rows, and later rows come ever closer together. Row `n` of a child that
    comes `family` to a parent is a little younger than its parent.
    """
    parent = n // family
    reach = (_END - _START - 2 * _JITTER) * parent // (parent + _HALF_WAY)
    return _START + reach + draw % _JITTER + (_JITTER if family > 1 else 0)


def updated(since: int, draw: int) -> int:
    """Return the second of the last change to a row created at `since`.

    A quarter of the rows never changed, a quarter was touched by a weekly job and so shares its
    second with others, the rest changed within three months, most of them soon.
    """
    quarter, rest = divmod(draw, _DRAWS // 4)
    if quarter == 0:
        return since
    lag = 90 * _DAY * (rest >> 8) ** 2 >> 20
    if quarter == 1:
        run = -((_JOB - since - (lag >> 3)) // _WEEK)
        return min(_JOB + run * _WEEK + 17 * (rest & 3), _END)
    return min(since + lag, _END)


def timestamp(second: int) -> str:
    """Write a second as Coupa does: `2025-08-14T09:30:00-07:00`."""
    hour, rest = divmod(second, _HOUR)
    head, tail = _hour_text(hour)
    minutes, seconds = divmod(rest, 60)
    return f"{head}{minutes:02d}:{seconds:02d}{tail}"


def midnight(second: int, days: int) -> str:
    """Write the start, in the instance's zone, of the day `days` after the one of `second`."""
    day = local_date(second, days)
    return _midnight_text(day)


def local_date(second: int, days: int) -> date:
    """Return the date, in the instance's zone, `days` after the one of `second`."""
    return _local_day(second // _HOUR) + timedelta(days)


@lru_cache(maxsize=1 << 15)
def _hour_text(hour: int) -> tuple[str, str]:
    offset = _offset(hour)
    local = datetime.fromtimestamp((hour + offset) * _HOUR, UTC)
    return local.strftime("%Y-%m-%dT%H:"), f"-{-offset:02d}:00"


@lru_cache(maxsize=1 << 15)
def _local_day(hour: int) -> date:
    return datetime.fromtimestamp((hour + _offset(hour)) * _HOUR, UTC).date()


@lru_cache(maxsize=1 << 12)
def _midnight_text(day: date) -> str:
    start = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    offset = _offset(int(start.timestamp()) // _HOUR)
    return f"{day.isoformat()}T00:00:00-{-offset:02d}:00"


def _offset(hour: int) -> int:
    """Return the hours between UTC and Pacific time: the United States' rule since 2007.

    Summer time runs from 02:00 on the second Sunday of March to 02:00 on the first of November.
    """
    summer = _summer(datetime.fromtimestamp(hour * _HOUR, UTC).year)
    return -7 if hour in summer else -8


@lru_cache(maxsize=64)
def _summer(year: int) -> range:
    spring = _first_sunday(year, 3) + timedelta(days=7, hours=10)
    autumn = _first_sunday(year, 11) + timedelta(hours=9)
    return range(int(spring.timestamp()) // _HOUR, int(autumn.timestamp()) // _HOUR)


def _first_sunday(year: int, month: int) -> datetime:
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(6 - first.weekday()) % 7)
