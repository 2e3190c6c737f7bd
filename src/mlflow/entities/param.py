"""A parameter of a run."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class Param(_MlflowObject):
    """A parameter: written once, never changed."""

    key: str
    value: str
