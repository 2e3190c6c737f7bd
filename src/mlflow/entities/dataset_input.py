"""Where MLflow users import `DatasetInput` from."""

from __future__ import annotations

from mlflow.entities.run_inputs import DatasetInput

__all__ = ["DatasetInput"]
