"""Tags of the environment variable `MLFLOW_RUN_CONTEXT`."""

from __future__ import annotations

from mlflow._session.source import environment_tags
from mlflow.environment_variables import MLFLOW_RUN_CONTEXT
from mlflow.tracking.context.abstract_context import RunContextProvider


class SystemEnvironmentContext(RunContextProvider):
    """Tags of the environment variable `MLFLOW_RUN_CONTEXT`."""

    def in_context(self) -> bool:
        return bool(MLFLOW_RUN_CONTEXT.get())

    def tags(self) -> dict[str, str]:
        return environment_tags()
