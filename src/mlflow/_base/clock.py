"""The time, in the unit that the wire and the stores use."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def _system() -> int:
    return time.time_ns() // 1_000_000


_source: Callable[[], int] = _system


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return _source()


@contextmanager
def telling(source: Callable[[], int]) -> Iterator[None]:
    """Has another clock tell the time in this process, for tests and for stories that are told again.

    Args:
        source: Answers milliseconds since the epoch.
    """
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
