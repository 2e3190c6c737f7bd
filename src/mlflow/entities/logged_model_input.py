"""Where MLflow users import `LoggedModelInput` from."""

from __future__ import annotations

from mlflow.entities.run_inputs import LoggedModelInput

__all__ = ["LoggedModelInput"]
