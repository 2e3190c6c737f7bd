"""What a run has left behind when it went on at an earlier step."""

from __future__ import annotations

from typing import NamedTuple


class Segment(NamedTuple):
    """Points that a run has left behind when it went on at an earlier step.

    Attributes:
        number: 1 for the first time that the run was taken back.
        after_step: Step that it went on from; the points of the segment come after it.
        time: When it was taken back, in milliseconds since the epoch.
        keys: Metrics that have points in the segment.
        points: How many points it has.
    """

    number: int
    after_step: int
    time: int
    keys: list[str]
    points: int
