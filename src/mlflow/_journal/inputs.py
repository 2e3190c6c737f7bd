"""What runs read and make, through a journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlflow._journal.records import DatasetUse, InputsLogged, OutputsLogged, Record
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.inputs import RestInputs
from mlflow._storage.validation import check_dataset_inputs, check_step
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput


class JournaledInputs(RestInputs):
    """What runs read and make, through a journal."""

    def __init__(self, calls: Calls, append: Callable[[Record], None]) -> None:
        super().__init__(calls)
        self._append = append

    def log_inputs(
        self, run_id: str, datasets: Sequence[DatasetInput] = (), models: Sequence[LoggedModelInput] = ()
    ) -> None:
        check_dataset_inputs(datasets)
        uses = [
            DatasetUse(
                item.dataset.name,
                item.dataset.digest,
                item.dataset.source_type,
                item.dataset.source,
                item.dataset.schema,
                item.dataset.profile,
                [(tag.key, tag.value) for tag in item.tags],
            )
            for item in datasets
        ]
        self._append(InputsLogged(run_id, uses, [model.model_id for model in models]))

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        pairs = [
            (model.model_id, check_step(model.step, f"models[{i}].step")) for i, model in enumerate(models)
        ]
        self._append(OutputsLogged(run_id, pairs))
