"""What runs read and make, on a server."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_dataset_inputs
from mlflow._wire import inputs as wire
from mlflow._wire.shapes import Empty
from mlflow.entities.dataset import _DatasetSummary
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput


class RestInputs:
    """What runs read and make, on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def log_inputs(
        self, run_id: str, datasets: Sequence[DatasetInput] = (), models: Sequence[LoggedModelInput] = ()
    ) -> None:
        check_dataset_inputs(datasets)
        request = wire.LogInputs(
            run_id,
            [wire.dataset_input_to_wire(item) for item in datasets],
            [wire.WireModelInput(model.model_id) for model in models],
        )
        self._call("log_inputs", request, Empty)

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        outputs = [wire.WireModelOutput(model.model_id, model.step) for model in models]
        self._call("log_outputs", wire.LogOutputs(run_id, outputs), Empty)

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[_DatasetSummary]:
        reply = self._call(
            "search_datasets", wire.SearchDatasets(list(experiment_ids)), wire.DatasetSummaries
        )
        return [wire.summary_from_wire(item) for item in reply.dataset_summaries]
