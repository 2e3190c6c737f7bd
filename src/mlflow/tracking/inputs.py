"""What runs read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlflow.entities.dataset import Dataset
from mlflow.entities.run_inputs import DatasetInput
from mlflow.entities.tag import InputTag
from mlflow.exceptions import InvalidParameterValue

DATASET_CONTEXT = "mlflow.data.context"


def dataset_input(
    dataset: Any, context: str | None = None, tags: Mapping[str, Any] | None = None
) -> DatasetInput:
    """A dataset as a run uses it.

    Args:
        dataset: A dataset of `mlflow.data`, or its entity.
        context: What the run uses it for, such as `"training"`.
        tags: Tags of this use; any values become text.
    """
    labels = {key: str(value) for key, value in (tags or {}).items()}
    if context is not None:
        labels = {DATASET_CONTEXT: context, **labels}
    return DatasetInput(dataset_entity(dataset), [InputTag(key, value) for key, value in labels.items()])


def dataset_inputs(
    datasets: Sequence[Any] | None,
    contexts: Sequence[str | None] | None,
    tags_list: Sequence[Mapping[str, Any] | None] | None,
) -> list[DatasetInput]:
    """Datasets as a run uses them; contexts and tags are for all of them or left out.

    Raises:
        InvalidParameterValue: The lists differ in length.
    """
    several = list(datasets or ())
    contexts = list(contexts) if contexts else [None] * len(several)
    labels = list(tags_list) if tags_list else [None] * len(several)
    if not len(several) == len(contexts) == len(labels):
        raise InvalidParameterValue(
            "`datasets`, `contexts` and `tags_list` must have the same length, got "
            f"{len(several)}, {len(contexts)} and {len(labels)}"
        )
    return [
        dataset_input(dataset, context, tags)
        for dataset, context, tags in zip(several, contexts, labels, strict=True)
        if dataset is not None
    ]


def dataset_entity(dataset: Any) -> Dataset:
    """The entity of a dataset of `mlflow.data`.

    Raises:
        InvalidParameterValue: It is no dataset.
    """
    if isinstance(dataset, Dataset):
        return dataset
    convert = getattr(dataset, "_to_mlflow_entity", None)
    if convert is None:
        raise InvalidParameterValue(
            f"A {type(dataset).__name__} is no dataset. Make one of it, for example with "
            "mlflow.data.from_pandas(df)."
        )
    entity: Dataset = convert()
    return entity
