"""Contract: runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run import Run
from mlflow.entities.run_info import RunInfo
from mlflow.entities.tag import RunTag
from mlflow.entities.view_type import ViewType

JOURNAL = "mlflow.headrace.journal"
"""Tag of a run that came through a journal: the name of the journal."""


class RunDocument(NamedTuple):
    """A run whose logged part is still the JSON of the wire, so that a server need not decode it.

    Attributes:
        info: Facts about the run.
        body: JSON object with the members `data`, `inputs` and `outputs`.
    """

    info: RunInfo
    body: bytes


class RunStore(Protocol):
    """Runs."""

    def create(
        self,
        experiment_id: str,
        user_id: str | None = None,
        start_time: int | None = None,
        tags: Sequence[RunTag] = (),
        run_name: str | None = None,
        run_id: str | None = None,
    ) -> Run:
        """Starts a run, in the state RUNNING.

        Args:
            experiment_id: Experiment that it belongs to.
            user_id: Who started it.
            start_time: Milliseconds since the epoch; `None` is 0, as on the wire.
            tags: Tags; the last of several with one key wins.
            run_name: Name; else the tag `mlflow.runName`, else a random one. The tag always mirrors the name.
            run_id: An id that the caller made with `mlflow._base.ids.new_id`; the store makes one by default. The
                same again (experiment, user, start time, tag `mlflow.headrace.journal`) answers the run that exists.

        Raises:
            ResourceDoesNotExist: No experiment has that id.
            InvalidParameterValue: The experiment is deleted, name and tag differ, or the id was made elsewhere.
            ResourceConflict: Another run has that id.
        """
        ...

    def get(self, run_id: str) -> Run:
        """A run by id, deleted ones too.

        Raises:
            ResourceDoesNotExist: No run has that id.
        """
        ...

    def get_document(self, run_id: str) -> RunDocument:
        """As `get`, in the form for a server."""
        ...

    def update(
        self,
        run_id: str,
        status: int | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> RunInfo:
        """Changes what is given; any state may follow any other.

        Args:
            run_id: The run.
            status: A number of `RunStatus`.
            end_time: Milliseconds since the epoch.
            run_name: New name; the tag `mlflow.runName` follows.

        Raises:
            ResourceDoesNotExist: No run has that id.
            InvalidParameterValue: The run is deleted.
        """
        ...

    def delete(self, run_id: str) -> None:
        """Moves a run to the trash; again is no error.

        Raises:
            ResourceDoesNotExist: No run has that id.
        """
        ...

    def restore(self, run_id: str) -> None:
        """Takes a run out of the trash; again is no error.

        Raises:
            ResourceDoesNotExist: No run has that id.
        """
        ...

    def move(self, run_ids: Sequence[str], experiment_id: str) -> list[str]:
        """Moves runs to another experiment, all or none of them.

        The runs below them and the logged models that they made go with them. Their files stay where they are, so
        that artifact URIs which somebody noted remain right.

        Args:
            run_ids: 1 to 1,000 runs; those that are there already stay.
            experiment_id: Where to.

        Returns:
            Ids of the runs that were elsewhere before.

        Raises:
            ResourceDoesNotExist: No experiment, or no run, has that id.
            InvalidParameterValue: The experiment or a run is deleted, or there are too many runs.
        """
        ...

    def search(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[Run]:
        """Runs of some experiments that match a filter.

        Ordered as asked, ties and the default by start time, newest first, then by id. A metric is ordered by
        its latest value; NaN comes after every number and runs without the key come last, in both directions.

        Args:
            experiment_ids: Experiments to look in; unknown ids hold nothing.
            filter_string: In the search language; `None` and blank match all.
            view_type: A number of `ViewType`.
            max_results: Page size, 1 to 50,000.
            order_by: Columns with optional `ASC` or `DESC`.
            page_token: Token of the page before, of the same search.
        """
        ...

    def search_documents(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[RunDocument]:
        """As `search`, in the form for a server."""
        ...

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
    ) -> None:
        """Logs metrics, parameters and tags in one transaction: all or nothing.

        Args:
            run_id: The run.
            metrics: At most 1,000 points; a point that is stored already, equal in everything, is no error.
            params: At most 100, no key twice.
            tags: At most 100; the last of several with one key wins.

        Raises:
            ResourceDoesNotExist: No run has that id.
            InvalidParameterValue: The run is deleted, a limit is exceeded, or a parameter has another value already.
        """
        ...
