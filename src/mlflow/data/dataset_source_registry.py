"""Kinds of sources: from a raw value or a record to a source."""

from __future__ import annotations

from typing import Any

from mlflow.data.artifact_dataset_sources import (
    AzureBlobArtifactDatasetSource,
    AzureDataLakeArtifactDatasetSource,
    GCSArtifactDatasetSource,
    LocalArtifactDatasetSource,
    S3ArtifactDatasetSource,
)
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.dataset import Dataset
from mlflow.data.dataset_source import DatasetSource
from mlflow.data.http_dataset_source import HTTPDatasetSource
from mlflow.entities.dataset import Dataset as DatasetEntity
from mlflow.entities.run_inputs import DatasetInput
from mlflow.exceptions import InvalidParameterValue, MlflowException

_sources: list[type[DatasetSource]] = [
    LocalArtifactDatasetSource,
    S3ArtifactDatasetSource,
    GCSArtifactDatasetSource,
    AzureBlobArtifactDatasetSource,
    AzureDataLakeArtifactDatasetSource,
    HTTPDatasetSource,
    CodeDatasetSource,
]


def register_source(source: type[DatasetSource]) -> None:
    """Adds a kind of source; it is asked before those that are there."""
    _sources.insert(0, source)


def get_registered_sources() -> list[type[DatasetSource]]:
    """The kinds of sources."""
    return list(_sources)


def resolve_dataset_source(
    raw_source: Any, candidate_sources: list[type[DatasetSource]] | None = None
) -> DatasetSource:
    """The source that a raw value stands for.

    Args:
        raw_source: A source, a path or a URI.
        candidate_sources: Kinds to choose from, subclasses included; all by default.

    Raises:
        MlflowException: No kind of source is for it.
    """
    if isinstance(raw_source, DatasetSource):
        return raw_source
    for source in _sources:
        if candidate_sources and not issubclass(source, tuple(candidate_sources)):
            continue
        if source._can_resolve(raw_source):
            return source._resolve(raw_source)
    raise MlflowException(
        "Could not find a source information resolver for the specified dataset source: "
        f"{raw_source if isinstance(raw_source, str) else type(raw_source).__name__}. "
        "Use a path, an http(s) URL or an object store URI."
    )


def get_dataset_source_from_json(source_json: str, source_type: str) -> DatasetSource:
    """The source that a run recorded.

    Args:
        source_json: Its JSON text.
        source_type: Its kind.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: the kind is unknown.
    """
    for source in _sources:
        if source._get_source_type() == source_type:
            return source.from_json(source_json)
    known = sorted({source._get_source_type() for source in _sources})
    raise InvalidParameterValue(
        f"The dataset's source is of the unknown kind {source_type!r}; known are {known}"
    )


def get_source(dataset: Dataset | DatasetInput | DatasetEntity) -> DatasetSource:
    """Where a dataset came from: one of this process, or one that a run recorded.

    Example:
        `mlflow.data.get_source(run.inputs.dataset_inputs[0]).load()`
    """
    if isinstance(dataset, DatasetInput):
        dataset = dataset.dataset
    if isinstance(dataset, DatasetEntity):
        return get_dataset_source_from_json(dataset.source, dataset.source_type)
    if isinstance(dataset, Dataset):
        return dataset.source
    raise InvalidParameterValue(
        f"Unrecognized dataset type {type(dataset)}. Expected one of Dataset, DatasetInput and the entity Dataset."
    )
