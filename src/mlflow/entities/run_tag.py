"""Where MLflow users import `RunTag` from."""

from __future__ import annotations

from mlflow.entities.tag import RunTag

__all__ = ["RunTag"]
