"""What a database in use has cost so far, for those who watch over a server."""

from __future__ import annotations

from dataclasses import dataclass, field

GROUP_BOUNDS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Upper bounds of the classes that groups of writes are counted in."""


@dataclass
class WriterFigures:
    """What a writer has done.

    Attributes:
        groups: Groups that were written, in the classes of `GROUP_BOUNDS`.
        operations: Operations in them.
        seconds: Time from the begin of their transactions to the end.
        repeats: Transactions that were begun again: after a lost race, or to find the one operation that fails.
    """

    groups: list[int] = field(default_factory=lambda: [0] * len(GROUP_BOUNDS))
    operations: int = 0
    seconds: float = 0.0
    repeats: int = 0


@dataclass(frozen=True)
class Figures:
    """What a database in use has done.

    Attributes:
        writer: Its writes.
        queued: Writes that wait.
        read_seconds: Time in which threads used a connection for reading.
        connections: Open connections for reading.
    """

    writer: WriterFigures
    queued: int
    read_seconds: float
    connections: int
