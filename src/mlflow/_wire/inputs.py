"""Wire forms: what runs read and make."""

from __future__ import annotations

import msgspec

from mlflow._wire.shapes import KeyValue, Request, Response, stated
from mlflow.entities.dataset import Dataset, _DatasetSummary
from mlflow.entities.run_inputs import DatasetInput
from mlflow.entities.tag import InputTag


class WireDataset(Response):
    """A dataset by reference."""

    name: str = stated()
    digest: str = stated()
    source_type: str = stated()
    source: str = stated()
    schema: str | None = None
    profile: str | None = None


class WireDatasetInput(Response):
    """A dataset as one run used it."""

    tags: list[KeyValue] = []
    dataset: WireDataset = msgspec.field(default_factory=WireDataset)


class WireModelInput(Response):
    """A model that a run used."""

    model_id: str = ""


class WireModelOutput(Response, omit_defaults=False):
    """A model that a run made."""

    model_id: str = ""
    step: int = 0


class LogInputs(Request):
    """Links datasets and models to a run that used them."""

    run_id: str
    datasets: list[WireDatasetInput] = []
    models: list[WireModelInput] = []


class LogOutputs(Request):
    """Links models to the run that made them."""

    run_id: str
    models: list[WireModelOutput]


class SearchDatasets(Request):
    """Asks for the datasets of experiments."""

    experiment_ids: list[str]


class WireDatasetSummary(Response):
    """A dataset of an experiment, in one context."""

    experiment_id: str = stated()
    name: str = stated()
    digest: str = stated()
    context: str | None = None


class DatasetSummaries(Response):
    """Datasets of experiments."""

    dataset_summaries: list[WireDatasetSummary] = []


def dataset_input_to_wire(item: DatasetInput) -> WireDatasetInput:
    """A dataset input for a response."""
    dataset = item.dataset
    return WireDatasetInput(
        [KeyValue(tag.key, tag.value) for tag in item.tags],
        WireDataset(
            dataset.name, dataset.digest, dataset.source_type, dataset.source, dataset.schema, dataset.profile
        ),
    )


def dataset_input_from_wire(item: WireDatasetInput) -> DatasetInput:
    """A dataset input from a request or response."""
    dataset = item.dataset
    return DatasetInput(
        Dataset(
            dataset.name, dataset.digest, dataset.source_type, dataset.source, dataset.schema, dataset.profile
        ),
        [InputTag(tag.key, tag.value) for tag in item.tags],
    )


def summary_to_wire(summary: _DatasetSummary) -> WireDatasetSummary:
    """A dataset summary for a response."""
    return WireDatasetSummary(summary.experiment_id, summary.name, summary.digest, summary.context)


def summary_from_wire(summary: WireDatasetSummary) -> _DatasetSummary:
    """A dataset summary from a response."""
    return _DatasetSummary(summary.experiment_id, summary.name, summary.digest, summary.context)
