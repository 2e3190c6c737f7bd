"""Datasets as runs refer to them."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class Dataset(_MlflowObject):
    """A dataset by reference and digest; the data itself is not stored.

    Attributes:
        name: Name.
        digest: Fingerprint of the content; name and digest identify it in an experiment.
        source_type: Kind of source, such as `"local"` or `"code"`.
        source: Where it came from, as JSON text.
        schema: Column names and types, as JSON text.
        profile: Summary statistics, as JSON text.
    """

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


@dataclass(frozen=True)
class _DatasetSummary(_MlflowObject):
    """A dataset of an experiment with one context that it was used in."""

    experiment_id: str
    name: str
    digest: str
    context: str | None

    def to_dict(self) -> dict[str, str | None]:
        return dict(self)
