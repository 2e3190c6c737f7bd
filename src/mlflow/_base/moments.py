"""Moments and days as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from mlflow.exceptions import InvalidParameterValue

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d{1,15}")


class Period(NamedTuple):
    """A time span; of a moment, the two ends are the same.

    Attributes:
        first_ms: Its first millisecond, since the epoch.
        last_ms: Its last one.
    """

    first_ms: int
    last_ms: int


def parse_period(text: str | int | date, zone: tzinfo = UTC) -> Period:
    """The span that a text stands for.

    Args:
        text: `2023-03-14` (that whole day), `2023-03-14T10:00+01:00`, `2023-03-14 10:00:00.5Z`, or milliseconds since
            the epoch. Seconds and minutes may be left out.
        zone: Time zone of days, and of times without an offset.

    Raises:
        InvalidParameterValue: It is none of these.
    """
    if isinstance(text, datetime):
        return _moment(text, zone)
    if isinstance(text, date):
        text = text.isoformat()
    text = str(text).strip()
    try:
        if _NUMBER.fullmatch(text) and len(text) > 8:
            return Period(int(text), int(text))
        if _DAY.fullmatch(text):
            first = datetime.fromisoformat(text).replace(tzinfo=zone)
            after = (datetime.fromisoformat(text) + timedelta(days=1)).replace(tzinfo=zone)
            return Period(_ms(first), _ms(after) - 1)
        return _moment(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        raise InvalidParameterValue(
            f"Not a time: {text[:60]!r}. Use a day (2023-03-14), a time with its offset (2023-03-14T10:00+01:00), or "
            "milliseconds since the epoch"
        ) from None


def parse_zone(name: str) -> tzinfo:
    """A time zone by name, such as `Europe/Paris`, or `UTC`.

    Raises:
        InvalidParameterValue: This machine knows no such zone.
    """
    from zoneinfo import ZoneInfo

    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidParameterValue(
            f"This machine knows no time zone {name!r}. Use a name such as Europe/Paris, or UTC"
        ) from None


def show_moment(ms: int, zone: tzinfo = UTC) -> str:
    """A moment for people: date, time to the second, offset."""
    text = datetime.fromtimestamp(ms / 1000, zone).isoformat(" ", "seconds")
    return text.replace("+00:00", "Z") if zone is UTC else text


def _moment(moment: datetime, zone: tzinfo) -> Period:
    ms = _ms(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    return Period(ms, ms)


def _ms(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
