"""What a plug-in of the group `mlflow.run_context_provider` implements."""

from __future__ import annotations

from abc import ABC, abstractmethod


class RunContextProvider(ABC):
    """Adds tags to every run that is started while it is in its context."""

    @abstractmethod
    def in_context(self) -> bool:
        """Whether the tags apply to this process."""

    @abstractmethod
    def tags(self) -> dict[str, str]:
        """The tags."""
