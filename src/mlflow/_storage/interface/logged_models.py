"""Contract: logged models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus


class ModelOrder(NamedTuple):
    """A column that logged models are ordered by."""

    field_name: str
    ascending: bool = True
    dataset_name: str | None = None
    dataset_digest: str | None = None


class DatasetFilter(NamedTuple):
    """A dataset that metrics of logged models are measured on; no digest means any."""

    dataset_name: str
    dataset_digest: str | None = None


class LoggedModelStore(Protocol):
    """Logged models."""

    def create(
        self,
        experiment_id: str,
        name: str | None = None,
        model_type: str | None = None,
        source_run_id: str | None = None,
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        model_id: str | None = None,
    ) -> LoggedModel:
        """Makes a model, in the state PENDING; without a name it gets a random one.

        With a `model_id` that the caller made (`m-` and what `mlflow._base.ids.new_id` answers) the same again
        (experiment, name, run) answers the model that exists.

        Raises:
            ResourceDoesNotExist: No experiment or run has that id.
            InvalidParameterValue: The experiment is deleted, the name cannot stand in a URI, or the id was made
                elsewhere.
            ResourceConflict: Another model has that id.
        """
        ...

    def get(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        """A model by id.

        Raises:
            ResourceDoesNotExist: No model has that id, or it is deleted and `allow_deleted` is not set.
        """
        ...

    def finalize(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Sets the state of a model's files.

        Raises:
            ResourceDoesNotExist: No active model has that id.
        """
        ...

    def delete(self, model_id: str) -> None:
        """Moves a model to the trash; again is no error.

        Raises:
            ResourceDoesNotExist: No model has that id.
        """
        ...

    def set_tags(self, model_id: str, tags: Mapping[str, str]) -> None:
        """Sets tags, replacing older values.

        Raises:
            ResourceDoesNotExist: No active model has that id.
        """
        ...

    def delete_tag(self, model_id: str, key: str) -> None:
        """Removes a tag.

        Raises:
            ResourceDoesNotExist: No active model has that id, or it has no such tag.
        """
        ...

    def log_params(self, model_id: str, params: Mapping[str, str]) -> None:
        """Writes parameters once; the same value again is no error.

        Raises:
            ResourceDoesNotExist: No active model has that id.
            InvalidParameterValue: A key has another value.
        """
        ...

    def search(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Sequence[DatasetFilter] = (),
        max_results: int = 50,
        order_by: Sequence[ModelOrder] = (),
        page_token: str | None = None,
    ) -> Page[LoggedModel]:
        """Active models of some experiments that match a filter, newest first unless ordered otherwise.

        Args:
            experiment_ids: Experiments to look in.
            filter_string: In the search language.
            datasets: Metric clauses of the filter count only where measured on one of these.
            max_results: Page size.
            order_by: Attributes, or metrics by their latest value; models without one come last.
            page_token: Token of the page before, of the same search.
        """
        ...
