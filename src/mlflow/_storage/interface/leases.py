"""Contract: leases, which tell runs that go on from runs whose process is gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

LOST = "mlflow.headrace.lost"
"""Tag of a run whose client gave no sign any more: time of the last sign, in milliseconds since the epoch."""


class LeaseStore(Protocol):
    """Leases of running runs.

    A client that holds leases renews them from time to time. A run whose lease has passed is lost: it becomes
    KILLED, its end is the last sign of its client, and the tag `mlflow.headrace.lost` says so. A sign of life after
    that takes all of this back. Runs without a lease are never touched.
    """

    def renew(self, run_ids: Sequence[str], lease_ms: int, seen_ms: int | None = None) -> None:
        """Says that the client of some runs is alive, or when it last was.

        Args:
            run_ids: The runs; unknown ones, and those that have ended or are deleted, are passed over.
            lease_ms: How long to wait for the next sign, 1 to 86,400,000.
            seen_ms: Time of the sign, in milliseconds since the epoch; now by default. A sign of the past, of a
                process that is gone, takes no loss back.
        """
        ...

    def expire(self, since_ms: int = 0) -> list[str]:
        """Ends the runs whose lease has passed, and answers their ids. A server does so by itself.

        Args:
            since_ms: Time, in milliseconds since the epoch, before which no sign could arrive because nobody was
                there to take it: no lease passes sooner than its own length after that, or a minute if it is longer.
        """
        ...
