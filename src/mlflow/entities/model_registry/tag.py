"""Tags of the registry."""

from __future__ import annotations

from mlflow.entities.tag import _Tag


class RegisteredModelTag(_Tag):
    """A tag of a registered model."""


class ModelVersionTag(_Tag):
    """A tag of a model version."""
