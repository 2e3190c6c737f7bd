"""Where MLflow users import `InputTag` from."""

from __future__ import annotations

from mlflow.entities.tag import InputTag

__all__ = ["InputTag"]
