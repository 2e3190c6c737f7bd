"""Contract: what runs read and make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mlflow.entities.dataset import _DatasetSummary
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput


class InputStore(Protocol):
    """Datasets and logged models that runs read and make.

    Datasets are told apart by experiment, name and digest; the first one stored is kept.
    """

    def log_inputs(
        self, run_id: str, datasets: Sequence[DatasetInput] = (), models: Sequence[LoggedModelInput] = ()
    ) -> None:
        """Links datasets and models to a run that used them; a dataset linked before keeps its tags.

        Raises:
            ResourceDoesNotExist: No run or no model has that id.
            InvalidParameterValue: The run is deleted.
        """
        ...

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        """Links models to the run that made them.

        Raises:
            ResourceDoesNotExist: No run or no model has that id.
            InvalidParameterValue: The run is deleted.
        """
        ...

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[_DatasetSummary]:
        """Datasets of some experiments, one per context they were used in, at most 1,000.

        Args:
            experiment_ids: At most 20.
        """
        ...
