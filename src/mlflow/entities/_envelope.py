"""The shape of a long series."""

from __future__ import annotations

from typing import NamedTuple


class Envelope(NamedTuple):
    """The shape of a series: its points in buckets along an axis, empty ones left out.

    Attributes:
        points: How many points there are in the window.
        x: Step, or time in milliseconds, of the last point of each bucket.
        low: Smallest value of each bucket; `None` where all are NaN.
        high: Greatest value of each bucket.
        mean: Mean of the finite values of each bucket.
        last: Value of the last point of each bucket; `None` for NaN.
        nans: The `x` of buckets with NaN in them.
        sampled: Whether buckets may hold more than one point.
    """

    points: int
    x: list[int]
    low: list[float | None]
    high: list[float | None]
    mean: list[float | None]
    last: list[float | None]
    nans: list[int]
    sampled: bool
