"""User, name and kind of the source."""

from __future__ import annotations

from mlflow._session.source import default_tags
from mlflow.tracking.context.abstract_context import RunContextProvider


class DefaultRunContext(RunContextProvider):
    """User, name and kind of the source; always in its context."""

    def in_context(self) -> bool:
        return True

    def tags(self) -> dict[str, str]:
        return default_tags()
