"""A parameter of a logged model."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class LoggedModelParameter(_MlflowObject):
    """A parameter of a logged model."""

    key: str
    value: str
