"""Where MLflow users import `MlflowClient` from."""

from __future__ import annotations

from mlflow.tracking.client import MlflowClient

__all__ = ["MlflowClient"]
