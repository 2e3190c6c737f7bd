"""Ids of runs and logged models: 32 hexadecimal digits that carry a 64-bit number.

The number is what tables are keyed by: 41 bits of milliseconds since 2020 and 22 random bits, so it
grows with time and needs no central counter (it lasts until 2089). The id is a UUID of version 7
(RFC 9562) whose 48 time bits and first 22 random bits hold the number; the other 52 random bits are
a hash of it. An id whose hash does not fit is foreign: it was made elsewhere and has a number only
in the table of foreign ids.
"""

from __future__ import annotations

import secrets
from functools import lru_cache

from mlflow._base.clock import now_ms

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01
_RANDOM_BITS = 22
_MASK_64 = (1 << 64) - 1
_MASK_52 = (1 << 52) - 1
MAX_NUMBER = (1 << 63) - 1


def new_number() -> int:
    """A number for something made now."""
    return ((now_ms() - _EPOCH_MS) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)


def new_id() -> str:
    """An id for something made now."""
    return id_of_number(new_number())


def id_of_number(number: int) -> str:
    """The 32 hexadecimal digits that carry a number."""
    ms = (number >> _RANDOM_BITS) + _EPOCH_MS
    high = (number >> 10) & 0xFFF
    low = number & 0x3FF
    value = (ms << 80) | (7 << 76) | (high << 64) | (2 << 62) | (low << 52) | _check(number)
    return f"{value:032x}"


@lru_cache(maxsize=4096)
def number_of_id(text: str) -> int | None:
    """The number that an id carries, or `None` when the id is foreign or no id at all."""
    if len(text) != 32:
        return None
    try:
        value = int(text, 16)
    except ValueError:
        return None
    ms = (value >> 80) - _EPOCH_MS
    number = (ms << _RANDOM_BITS) | (((value >> 64) & 0xFFF) << 10) | ((value >> 52) & 0x3FF)
    if not 0 <= number <= MAX_NUMBER or id_of_number(number) != text:
        return None
    return number


def _check(number: int) -> int:
    """52 bits of the splitmix64 finalizer (Steele, Lea, Flood 2014)."""
    z = (number + 0x9E3779B97F4A7C15) & _MASK_64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK_64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK_64
    return (z ^ (z >> 31)) & _MASK_52
