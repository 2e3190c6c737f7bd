"""Data that a script made or read in a way that is not recorded."""

from __future__ import annotations

from typing import Any

from mlflow.data.dataset_source import DatasetSource
from mlflow.exceptions import NotSupported


class CodeDatasetSource(DatasetSource):
    """The script that made the data.

    Args:
        tags: What is known of the script: name, kind, user and commit, by tag.
    """

    def __init__(self, tags: dict[str, str]) -> None:
        self._tags = tags

    @staticmethod
    def _get_source_type() -> str:
        return "code"

    def load(self) -> Any:
        """Not possible: the script would have to be run."""
        raise NotSupported(
            "The data was made by code, so it cannot be loaded; pass source=<path or URL> when the dataset is made"
        )

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:  # noqa: ARG004 - sources override it
        return False

    @classmethod
    def _resolve(cls, raw_source: Any) -> CodeDatasetSource:
        raise NotSupported(f"No script is named by {raw_source!r}")

    def to_dict(self) -> dict[str, Any]:
        return {"tags": self._tags}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> CodeDatasetSource:
        return cls(tags=source_dict.get("tags", {}))


def current_code() -> CodeDatasetSource:
    """The script that runs now."""
    from mlflow._session.source import default_tags, git_tags

    return CodeDatasetSource({**default_tags(), **git_tags()})
