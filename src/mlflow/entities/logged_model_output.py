"""Where MLflow users import `LoggedModelOutput` from."""

from __future__ import annotations

from mlflow.entities.run_outputs import LoggedModelOutput

__all__ = ["LoggedModelOutput"]
