"""Contract: tags of runs."""

from __future__ import annotations

from typing import Protocol

from mlflow.entities.tag import RunTag


class TagStore(Protocol):
    """Tags of runs. The tag `mlflow.runName` is the run's name."""

    def set(self, run_id: str, tag: RunTag) -> None:
        """Sets a tag, replacing an older value.

        Raises:
            ResourceDoesNotExist: No run has that id.
            InvalidParameterValue: The run is deleted.
        """
        ...

    def delete(self, run_id: str, key: str) -> None:
        """Removes a tag. Removing `mlflow.runName` keeps the name.

        Raises:
            ResourceDoesNotExist: No run has that id, or it has no such tag.
            InvalidParameterValue: The run is deleted.
        """
        ...
