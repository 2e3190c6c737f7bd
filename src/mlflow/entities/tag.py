"""Tags: one shape, one class for each thing that carries them."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class _Tag(_MlflowObject):
    key: str
    value: str


class RunTag(_Tag):
    """A tag of a run."""


class ExperimentTag(_Tag):
    """A tag of an experiment."""


class InputTag(_Tag):
    """A tag of a dataset as one run used it."""


class LoggedModelTag(_Tag):
    """A tag of a logged model."""
