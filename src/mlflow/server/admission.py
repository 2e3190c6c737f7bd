"""What a process takes on at once.

A queue without bound turns an overload into an outage: memory grows, and answers come when nobody waits for them
any more. So what is under way is counted, and what would be too much is refused at once with 429 and Retry-After,
before anything was done. Only the event loop touches the counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mlflow.exceptions import RequestLimitExceeded

RETRY_AFTER_SECONDS = (1, 2, 3)
"""What clients are told to wait, one of these: queues are empty sooner, but not all are to come back at once."""


@dataclass(frozen=True)
class Limits:
    """The most that one process has under way.

    Attributes:
        writes: Requests whose writes are not durable yet.
        write_bytes: Bytes of their bodies; one larger request is taken when it is alone.
        reads: Requests that wait for a thread to read, or are being read.
        transfers: Artifacts that are on their way in or out.
        held_bytes: Bytes of bodies that have not arrived completely, and of answers that have not been fetched.
    """

    writes: int = 2048
    write_bytes: int = 32 * 1024 * 1024
    reads: int = 512
    transfers: int = 256
    held_bytes: int = 256 * 1024 * 1024


class Admission:
    """Counts what is under way, and refuses what would be too much.

    Args:
        limits: The most that is taken.

    Attributes:
        refused: How many requests have been refused.
    """

    __slots__ = ("_held", "_limits", "_reads", "_transfers", "_write_bytes", "_writes", "refused")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._writes = self._write_bytes = self._reads = self._transfers = self._held = 0
        self.refused = 0

    @property
    def under_way(self) -> dict[str, int]:
        """Requests that are under way, by their kind."""
        return {"write": self._writes, "read": self._reads, "transfer": self._transfers}

    @property
    def held_bytes(self) -> int:
        """Bytes of requests and answers that wait for slow clients."""
        return self._held

    def enter_write(self, size: int) -> None:
        """Takes a write on, whose body has so many bytes; `leave_write` ends it.

        Raises:
            RequestLimitExceeded: There are too many.
        """
        limits = self._limits
        if self._writes and (self._writes >= limits.writes or self._write_bytes + size > limits.write_bytes):
            self._refuse(f"{self._writes} writes of {self._write_bytes} bytes are waiting for the database")
        self._writes += 1
        self._write_bytes += size

    def leave_write(self, size: int) -> None:
        self._writes -= 1
        self._write_bytes -= size

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Takes on a read that needs a thread."""
        if self._reads >= self._limits.reads:
            self._refuse(f"{self._reads} reads are waiting")
        if self._held >= self._limits.held_bytes:
            self._refuse(f"{self._held} bytes are waiting to be fetched by slow clients")
        self._reads += 1
        try:
            yield
        finally:
            self._reads -= 1

    @contextmanager
    def transferring(self) -> Iterator[None]:
        """Takes on a transfer of an artifact."""
        if self._transfers >= self._limits.transfers:
            self._refuse(f"{self._transfers} artifacts are on their way")
        self._transfers += 1
        try:
            yield
        finally:
            self._transfers -= 1

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """Holds an answer until its client has fetched it, or a body until more of it arrives."""
        self._held += size
        try:
            yield
        finally:
            self._held -= size

    def check_body(self, size: int) -> None:
        """Refuses to hold more of a body, of which so many bytes have arrived, when there is no room for it."""
        if self._held + size > self._limits.held_bytes and self._held:
            self._refuse(f"{self._held} bytes of other requests are arriving slowly")

    def _refuse(self, reason: str) -> None:
        self.refused += 1
        raise RequestLimitExceeded(
            f"The server is busy: {reason}. Nothing was done; try again in a few seconds."
        )
