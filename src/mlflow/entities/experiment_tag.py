"""Where MLflow users import `ExperimentTag` from."""

from __future__ import annotations

from mlflow.entities.tag import ExperimentTag

__all__ = ["ExperimentTag"]
