"""Contract: segments, which runs leave behind when they go on at an earlier step."""

from __future__ import annotations

from typing import Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities._segment import Segment
from mlflow.entities.metric import Metric


class SegmentStore(Protocol):
    """Segments of runs. What is in a segment is in no history, latest value or search any more."""

    def rewind(self, run_id: str, after_step: int, name: str) -> Segment:
        """Takes a run back to a step: the points of later steps become a segment.

        Metrics of logged models stay as they are.

        Args:
            run_id: The run.
            after_step: Last step that stays.
            name: Made by the caller, at most 250 characters: the same again changes nothing, whatever was logged
                since.

        Raises:
            ResourceDoesNotExist: No run has that id.
            InvalidParameterValue: The run is deleted, or the step does not fit into 64 bits.
        """
        ...

    def of_run(self, run_id: str) -> list[Segment]:
        """Segments of a run, oldest first.

        Raises:
            ResourceDoesNotExist: No run has that id.
        """
        ...

    def history(self, run_id: str, number: int, key: str, page_token: str | None = None) -> Page[Metric]:
        """Points of a metric in a segment, by step, timestamp, value; empty for what is not there."""
        ...
