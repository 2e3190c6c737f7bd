"""Rows of the table: a measure gives some, each with a name, a unit, our figure, theirs, and which way is better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.sides import Side


class Row(NamedTuple):
    """One line of the table."""

    name: str
    unit: str
    ours: float
    theirs: float
    target: float
    """How many times better ours should be."""
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        """How many times better ours is."""
        better, worse = (self.ours, self.theirs) if self.more_is_better else (self.theirs, self.ours)
        return better / worse if worse else float("inf")


Measure = Callable[[Side, Side, int], Iterator[Row]]
"""Our side, theirs, and how often to repeat what is short."""
