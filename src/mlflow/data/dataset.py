"""What every dataset says of itself."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any

from mlflow.data.dataset_source import DatasetSource
from mlflow.entities.dataset import Dataset as DatasetEntity


class Dataset(ABC):
    """A dataset: its data in this process, and what is recorded of it.

    Args:
        source: Where the data came from.
        name: Name; `dataset` by default.
        digest: Fingerprint of the content; computed by default.
    """

    def __init__(self, source: DatasetSource, name: str | None = None, digest: str | None = None) -> None:
        self._source = source
        self._name = name
        # Subclasses set their data first: the digest is that of the data.
        self._digest = digest or self._compute_digest()

    @abstractmethod
    def _compute_digest(self) -> str:
        """Fingerprint of the data, at most 36 characters."""

    @property
    def name(self) -> str:
        """Name."""
        return self._name if self._name is not None else "dataset"

    @property
    def digest(self) -> str:
        """Fingerprint of the content; name and digest identify it in an experiment."""
        return self._digest

    @property
    def source(self) -> DatasetSource:
        """Where the data came from."""
        return self._source

    @property
    @abstractmethod
    def profile(self) -> Any | None:
        """Summary statistics that JSON can hold."""

    @property
    @abstractmethod
    def schema(self) -> Any | None:
        """Columns or tensors."""

    def to_dict(self) -> dict[str, str]:
        """What is recorded of it."""
        return {
            "name": self.name,
            "digest": self.digest,
            "source": self.source.to_json(),
            "source_type": self.source._get_source_type(),
        }

    def to_json(self) -> str:
        """What is recorded of it, as JSON text."""
        return json.dumps(self.to_dict())

    def _to_mlflow_entity(self) -> DatasetEntity:
        """What is recorded of it, as a run keeps it."""
        form = self.to_dict()
        return DatasetEntity(
            name=form["name"],
            digest=form["digest"],
            source_type=form["source_type"],
            source=form["source"],
            schema=form.get("schema"),
            profile=form.get("profile"),
        )
