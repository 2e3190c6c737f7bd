"""Datasets that are arrays."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mlflow.data._digests import arrays_digest
from mlflow.data.code_dataset_source import current_code
from mlflow.data.dataset import Dataset
from mlflow.data.dataset_source import DatasetSource
from mlflow.data.dataset_source_registry import resolve_dataset_source
from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.types._libraries import is_array, is_dictionary_of_arrays
from mlflow.types.inference import infer_schema
from mlflow.types.schema import Schema

if TYPE_CHECKING:
    import numpy

    Arrays = numpy.ndarray[Any, Any] | dict[str, numpy.ndarray[Any, Any]]


class TensorDatasetSchema:
    """The tensors of features and targets.

    Args:
        features: Tensors of features.
        targets: Tensors of targets.
    """

    def __init__(self, features: Schema, targets: Schema | None = None) -> None:
        self.features = features
        self.targets = targets

    def to_dict(self) -> dict[str, Any]:
        """The form that runs keep."""
        targets = None if self.targets is None else self.targets.to_json()
        return {"mlflow_tensorspec": {"features": self.features.to_json(), "targets": targets}}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorDatasetSchema) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"features:\n  {self.features}\ntargets:\n  {self.targets}\n"


class NumpyDataset(Dataset):
    """Arrays as a dataset.

    Args:
        features: An array, or a dictionary of arrays.
        source: Where they came from.
        targets: What is to be predicted, likewise.
        name: Name; `dataset` by default.
        digest: Fingerprint of the content; computed by default.
    """

    def __init__(
        self,
        features: Arrays,
        source: DatasetSource,
        targets: Arrays | None = None,
        name: str | None = None,
        digest: str | None = None,
    ) -> None:
        self._features = features
        self._targets = targets
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        return arrays_digest(self._features, self._targets)

    @property
    def features(self) -> Arrays:
        """An array, or a dictionary of arrays."""
        return self._features

    @property
    def targets(self) -> Arrays | None:
        """What is to be predicted."""
        return self._targets

    @property
    def profile(self) -> dict[str, Any]:
        """Shape, number of elements and bytes, of features and targets."""
        found: dict[str, Any] = {}
        for role, arrays in (("features", self._features), ("targets", self._targets)):
            if arrays is not None:
                found[f"{role}_shape"] = _each(arrays, lambda array: array.shape)
                found[f"{role}_size"] = _each(arrays, lambda array: array.size)
                found[f"{role}_nbytes"] = _each(arrays, lambda array: array.nbytes)
        return found

    @property
    def schema(self) -> TensorDatasetSchema | None:
        """The tensors; `None` where no schema describes them."""
        try:
            targets = None if self._targets is None else infer_schema(self._targets)
            return TensorDatasetSchema(infer_schema(self._features), targets)
        except MlflowException:
            return None

    def to_dict(self) -> dict[str, str]:
        schema = self.schema
        described = json.dumps(schema.to_dict()) if schema else None
        form: dict[str, Any] = super().to_dict()
        return {**form, "schema": described, "profile": json.dumps(self.profile)}


def from_numpy(
    features: Arrays,
    source: str | DatasetSource | None = None,
    targets: Arrays | None = None,
    name: str | None = None,
    digest: str | None = None,
) -> NumpyDataset:
    """A dataset of arrays.

    Args:
        features: An array, or a dictionary of arrays.
        source: Where they came from: a path, a URL or a source; the running script by default.
        targets: What is to be predicted, likewise.
        name: Name; `dataset` by default.
        digest: Fingerprint of the content; computed by default.

    Raises:
        MlflowException: They are no arrays, or the source is of no known kind.
    """
    for role, arrays in (("features", features), ("targets", targets)):
        if arrays is not None and not is_array(arrays) and not is_dictionary_of_arrays(arrays):
            raise InvalidParameterValue(
                f"Expected {role} to be a numpy array or a dictionary of arrays, got {type(arrays).__name__}"
            )
    found = current_code() if source is None else resolve_dataset_source(source)
    return NumpyDataset(features, found, targets, name, digest)


def _each(arrays: Arrays, measure: Callable[[Any], Any]) -> Any:
    if isinstance(arrays, dict):
        return {name: measure(array) for name, array in arrays.items()}
    return measure(arrays)
