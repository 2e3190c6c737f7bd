"""Contract: experiments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities.experiment import Experiment
from mlflow.entities.tag import ExperimentTag
from mlflow.entities.view_type import ViewType


class ExperimentStore(Protocol):
    """Experiments. `"0"`, named `Default`, exists in every new store."""

    def create(
        self, name: str, artifact_location: str | None = None, tags: Sequence[ExperimentTag] = ()
    ) -> str:
        """Makes an experiment.

        Args:
            name: Unique, also among deleted experiments.
            artifact_location: URI or path for its artifacts; `None` is a folder of the store's root.
            tags: Tags; the last of several with one key wins.

        Returns:
            Its id. Ids grow and are never used twice.

        Raises:
            ResourceAlreadyExists: An experiment of that name exists, perhaps in the trash.
        """
        ...

    def get(self, experiment_id: str) -> Experiment:
        """An experiment by id, deleted ones too.

        Raises:
            ResourceDoesNotExist: No experiment has that id.
        """
        ...

    def find(self, name: str) -> Experiment | None:
        """An experiment by name, deleted ones too; `None` when there is none."""
        ...

    def search(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[Experiment]:
        """Experiments that match a filter, newest first unless ordered otherwise.

        Args:
            view_type: A number of `ViewType`.
            max_results: Page size, 1 to 50,000.
            filter_string: In the search language; `None` and blank match all.
            order_by: Columns with optional `ASC` or `DESC`.
            page_token: Token of the page before, of the same search.
        """
        ...

    def rename(self, experiment_id: str, new_name: str) -> None:
        """Gives an experiment another name.

        Raises:
            ResourceDoesNotExist: No experiment has that id.
            InvalidState: It is deleted.
            BadRequest: Another experiment, perhaps a deleted one, has that name.
        """
        ...

    def delete(self, experiment_id: str) -> None:
        """Moves an experiment and all its runs to the trash.

        Raises:
            ResourceDoesNotExist: No active experiment has that id.
        """
        ...

    def restore(self, experiment_id: str) -> None:
        """Takes an experiment and all its runs out of the trash.

        Raises:
            ResourceDoesNotExist: No deleted experiment has that id.
        """
        ...

    def set_tag(self, experiment_id: str, tag: ExperimentTag) -> None:
        """Sets a tag, replacing an older value.

        Raises:
            ResourceDoesNotExist: No experiment has that id.
            InvalidParameterValue: It is deleted, or has 50 custom views already and this is another one.
        """
        ...

    def delete_tag(self, experiment_id: str, key: str) -> None:
        """Removes a tag.

        Raises:
            ResourceDoesNotExist: There is no such experiment, or it has no such tag.
        """
        ...
