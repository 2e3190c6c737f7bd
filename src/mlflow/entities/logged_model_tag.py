"""Where MLflow users import `LoggedModelTag` from."""

from __future__ import annotations

from mlflow.entities.tag import LoggedModelTag

__all__ = ["LoggedModelTag"]
