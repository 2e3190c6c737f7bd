"""What a run read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlflow.entities._base import _MlflowObject
from mlflow.entities.dataset import Dataset
from mlflow.entities.tag import InputTag


@dataclass(frozen=True, init=False)
class DatasetInput(_MlflowObject):
    """A dataset as one run used it; the tag `mlflow.data.context` says what for."""

    dataset: Dataset
    tags: list[InputTag]

    def __init__(self, dataset: Dataset, tags: list[InputTag] | None = None) -> None:
        self.__dict__.update(dataset=dataset, tags=tags or [])

    def to_dictionary(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset.to_dictionary(),
            "tags": {tag.key: tag.value for tag in self.tags},
        }


@dataclass(frozen=True)
class LoggedModelInput(_MlflowObject):
    """A logged model that a run used."""

    model_id: str


@dataclass(frozen=True, init=False)
class RunInputs(_MlflowObject):
    """What a run read."""

    dataset_inputs: list[DatasetInput]
    model_inputs: list[LoggedModelInput]

    def __init__(
        self,
        dataset_inputs: list[DatasetInput] | None = None,
        model_inputs: list[LoggedModelInput] | None = None,
    ) -> None:
        self.__dict__.update(dataset_inputs=dataset_inputs or [], model_inputs=model_inputs or [])

    def to_dictionary(self) -> dict[str, Any]:
        return {
            "model_inputs": [model.model_id for model in self.model_inputs],
            "dataset_inputs": [dataset.to_dictionary() for dataset in self.dataset_inputs],
        }
