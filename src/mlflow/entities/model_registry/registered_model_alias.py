"""A name that points to a version of a registered model."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class RegisteredModelAlias(_MlflowObject):
    """A name that points to a version of a registered model.

    Attributes:
        alias: The name.
        version: Number of the version, as text.
    """

    alias: str
    version: str
