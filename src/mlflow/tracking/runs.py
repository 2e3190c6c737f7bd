"""What is asked of a store about runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlflow._base.clock import now_ms
from mlflow._base.ids import new_id
from mlflow._session.runs import move_open_runs
from mlflow._storage.interface.pages import Page, all_pages
from mlflow._storage.interface.store import Store
from mlflow.entities.metric import Metric
from mlflow.entities.run import Run
from mlflow.entities.run_info import RunInfo
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import RunTag
from mlflow.entities.view_type import ViewType
from mlflow.environment_variables import MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT
from mlflow.exceptions import InvalidParameterValue
from mlflow.tracking.console import write_lines

PARENT_RUN_ID = "mlflow.parentRunId"
PAGE_SIZE = 5000


def create_run(
    store: Store,
    experiment_id: object,
    start_time: int | None = None,
    tags: Mapping[str, Any] | None = None,
    run_name: str | None = None,
) -> Run:
    """Starts a run without making it the active one.

    Args:
        store: Where.
        experiment_id: Experiment, as text or number.
        start_time: Milliseconds since the epoch; now by default.
        tags: Tags; any values become text. `mlflow.user` says who started it.
        run_name: Name; a random one by default.
    """
    texts = {key: str(value) for key, value in (tags or {}).items()}
    return store.runs.create(
        str(experiment_id),
        texts.get("mlflow.user", "unknown"),
        now_ms() if start_time is None else int(start_time),
        [RunTag(key, value) for key, value in texts.items()],
        run_name,
    )


def get_parent_run(store: Store, run_id: str) -> Run | None:
    """The run that a nested run belongs to; `None` for others."""
    parent = store.runs.get(run_id).data.tags.get(PARENT_RUN_ID)
    return None if parent is None else store.runs.get(parent)


def move_runs(store: Store, run_ids: Sequence[str] | str, experiment_id: object) -> list[str]:
    """Moves runs, with those below them, to another experiment; all or none.

    Returns:
        Ids of the runs that were elsewhere before.
    """
    several = [run_ids] if isinstance(run_ids, str) else list(run_ids)
    moved = store.runs.move(several, str(experiment_id))
    move_open_runs(moved, str(experiment_id))
    return moved


def update_run(store: Store, run_id: str, status: str | None = None, name: str | None = None) -> None:
    """Changes state and name of a run, where given."""
    if status is not None or name is not None:
        number = None if status is None else RunStatus.from_string(status)
        store.runs.update(run_id, status=number, run_name=name)


def end_run(store: Store, run_id: str, status: str | None = None, end_time: int | None = None) -> RunInfo:
    """Ends a run; on a server, prints where it can be seen.

    Args:
        store: Where.
        run_id: The run.
        status: Name of a state; `"FINISHED"` by default.
        end_time: Milliseconds since the epoch; now by default.
    """
    info = store.runs.update(
        run_id,
        status=RunStatus.from_string(status or "FINISHED"),
        end_time=now_ms() if end_time is None else int(end_time),
    )
    _print_links(store.uri, info)
    return info


def rewind_run(store: Store, run_id: str, step: int) -> None:
    """Takes a run back to a step: the points of later steps become a segment."""
    store.segments.rewind(run_id, step, new_id())


def segment_history(store: Store, run_id: str, number: int, key: str) -> list[Metric]:
    """All points of a metric in a segment."""
    found: list[Metric] = []
    token: str | None = None
    while True:
        page = store.segments.history(run_id, number, key, token)
        found += page
        token = page.token
        if not token:
            return found


def search_runs(
    store: Store,
    experiment_ids: Sequence[object] | object,
    filter_string: str | None = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 1000,
    order_by: Sequence[str] | None = None,
    page_token: str | None = None,
) -> Page[Run]:
    """One page of runs."""
    return store.runs.search(
        texts_of(experiment_ids), filter_string, run_view_type, max_results, order_by or (), page_token
    )


def search_all_runs(
    store: Store,
    experiment_ids: Sequence[object] | object,
    filter_string: str | None = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Run]:
    """Runs of all pages, up to a limit."""
    ids = texts_of(experiment_ids)

    def page(size: int, token: str | None) -> Page[Run]:
        return store.runs.search(ids, filter_string, run_view_type, size, order_by or (), token)

    return all_pages(page, PAGE_SIZE, max_results)


def texts_of(ids: Sequence[object] | object) -> list[str]:
    """Ids as texts; one that stands alone is a list of one."""
    if isinstance(ids, (str, int)):
        return [str(ids)]
    if not isinstance(ids, Sequence):
        raise InvalidParameterValue(f"Experiment ids are a list of texts, got {ids!r}")
    return [str(each) for each in ids]


def _print_links(uri: str, info: RunInfo) -> None:
    if (
        not uri.startswith(("http://", "https://"))
        or not info.experiment_id.isdecimal()
        or MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT.get()
    ):
        return
    experiment = f"{uri.rstrip('/')}/#/experiments/{info.experiment_id}"
    text = f"🏃 View run {info.run_name} at: {experiment}/runs/{info.run_id}\n🧪 View experiment at: {experiment}\n"
    write_lines(text)
