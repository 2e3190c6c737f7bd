"""What runs leave behind when they go on at an earlier step, through a journal."""

from __future__ import annotations

from collections.abc import Callable

from mlflow._base.clock import now_ms
from mlflow._journal.records import Record, RunRewound
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.segments import RestSegments
from mlflow._storage.validation import check_step
from mlflow.entities._segment import Segment


class JournaledSegments(RestSegments):
    """What runs leave behind, through a journal."""

    def __init__(self, calls: Calls, append: Callable[[Record], None]) -> None:
        super().__init__(calls)
        self._append = append

    def rewind(self, run_id: str, after_step: int, name: str) -> Segment:
        """What becomes of it is the server's to say: the segment that is answered has no number and no points."""
        self._append(RunRewound(run_id, check_step(after_step, "after_step"), name))
        return Segment(0, after_step, now_ms(), [], 0)
