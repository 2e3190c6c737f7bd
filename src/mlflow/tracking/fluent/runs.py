"""The active run, and runs by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, overload

from mlflow._session.experiments import (
    active_experiment_id,
    chosen_experiment_id,
    find_or_create_experiment,
)
from mlflow._session.heartbeat import start_heartbeat
from mlflow._session.runs import (
    OpenRun,
    current_run,
    last_run,
    open_runs,
    pop_run,
    push_run,
)
from mlflow._session.stores import announce_store, journaled, open_session_store
from mlflow._storage.interface.store import Store
from mlflow.entities.run import Run
from mlflow.entities.run_info import RunInfo
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import RunTag
from mlflow.entities.view_type import ViewType
from mlflow.environment_variables import MLFLOW_RUN_ID
from mlflow.exceptions import InvalidParameterValue
from mlflow.tracking import runs
from mlflow.tracking.background import flush_artifact_async_logging, flush_async_logging
from mlflow.tracking.console import say_deleted
from mlflow.tracking.context.registry import resolve_tags
from mlflow.tracking.experiments import search_all_experiments as _all_experiments
from mlflow.tracking.fluent.endings import watch_endings

if TYPE_CHECKING:
    import pandas

SEARCH_MAX_RESULTS_PANDAS = 100_000
_NOTE = "mlflow.note.content"
_LOGGER = "mlflow.tracking.fluent"


class ActiveRun(Run):
    """A run that is open in this process; as a context manager it ends with its block.

    Leaving the block by an exception, `KeyboardInterrupt` and `SystemExit` included, ends it as FAILED.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run.info, run.data, run.inputs, run.outputs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        status = "FINISHED" if kind is None else "FAILED"
        run_id = self.info.run_id
        while any(entry.run.info.run_id == run_id for entry in open_runs()):
            end_run(status)


class Target(NamedTuple):
    """Which run of which store something is logged to."""

    store: Store
    run_id: str


def start_run(
    run_id: str | None = None,
    experiment_id: str | int | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: dict[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
    resume_from_step: int | None = None,
) -> ActiveRun:
    """Starts a run, or goes on with one, and makes it the active run of this thread.

    Use it as a context manager, or end it with `mlflow.end_run`. Runs that are open when the process ends are
    ended.

    Args:
        run_id: A run to go on with; the one that MLFLOW_RUN_ID names, once, by default.
        experiment_id: Experiment of a new run; the active one by default.
        run_name: Name; a random one by default.
        nested: Whether it may start inside of the active run, as its child.
        parent_run_id: Run that it is a child of; the active run by default, when nested.
        tags: Tags; any values become text.
        description: Text about the run.
        log_system_metrics: Whether to record the use of the machine; this version does not record it.
        resume_from_step: Last step of a run to go on with that counts. The points of its metrics after that are
            set aside as a segment, which `MlflowClient.get_run_segments` lists.

    Raises:
        Exception: A run is active, and `nested` is not set.
        ResourceDoesNotExist: No run or experiment has that id.
        InvalidParameterValue: The run is deleted, or belongs to another experiment than the one asked for.

    Example::

        with mlflow.start_run(run_name="first try"):
            mlflow.log_param("depth", 5)
    """
    parent = _parent_id(nested, parent_run_id)
    if log_system_metrics:
        from mlflow._base.logs import get_logger

        get_logger(_LOGGER).warning(
            "System metrics are not recorded by this version; the run goes on without"
        )
    store = open_session_store()
    given = {key: str(value) for key, value in (tags or {}).items()}
    if description is not None:
        if _NOTE in given:
            raise InvalidParameterValue(f"Give either `description` or the tag {_NOTE!r}; they are the same")
        given[_NOTE] = description
    resumed = run_id or MLFLOW_RUN_ID.get()
    if resumed:
        if not run_id:
            MLFLOW_RUN_ID.unset()  # it names the first run of the process
        run = _resume(store, resumed, experiment_id, run_name, given, resume_from_step)
    elif resume_from_step is not None:
        raise InvalidParameterValue("`resume_from_step` needs the `run_id` of the run to go on with")
    else:
        if parent is not None:
            given = {runs.PARENT_RUN_ID: parent, **given}
        chosen = active_experiment_id(store) if experiment_id is None else str(experiment_id)
        run = runs.create_run(store, chosen, None, resolve_tags(given), run_name)
    announce_store(store)
    watch_endings()
    active = ActiveRun(run)
    push_run(OpenRun(active, store))
    start_heartbeat()
    return active


def end_run(status: str = "FINISHED") -> None:
    """Ends the active run of this thread; does nothing without one.

    Args:
        status: `"FINISHED"`, `"FAILED"` or `"KILLED"`.
    """
    RunStatus.from_string(status)
    if current_run() is None:
        return
    flush_async_logging()
    flush_artifact_async_logging()
    entry = pop_run()
    runs.end_run(entry.store, entry.run.info.run_id, status)


def active_run() -> ActiveRun | None:
    """The innermost open run of this thread, as it was when it started; `None` without one."""
    entry = current_run()
    return entry.run if entry is not None and isinstance(entry.run, ActiveRun) else None


def last_active_run() -> Run | None:
    """The active run, else the run of this process that ended last, as it is now; `None` without any."""
    entry = last_run()
    return None if entry is None else entry.store.runs.get(entry.run.info.run_id)


def get_run(run_id: str) -> Run:
    """A run by id, as it is now; `ResourceDoesNotExist` when there is none."""
    store, run_id = target_of(run_id)
    return store.runs.get(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """The run that a nested run belongs to; `None` for others."""
    store, run_id = target_of(run_id)
    return runs.get_parent_run(store, run_id)


def delete_run(run_id: str) -> None:
    """Moves a run to the trash, from where `restore_run` takes it back until `mlflow gc` empties it."""
    store, run_id = target_of(run_id)
    store.runs.delete(run_id)
    say_deleted("run", run_id, "restore_run")


def restore_run(run_id: str) -> None:
    """Takes a run out of the trash."""
    store, run_id = target_of(run_id)
    store.runs.restore(run_id)


def move_runs(
    run_ids: list[str] | str, experiment_id: str | int | None = None, experiment_name: str | None = None
) -> list[str]:
    """Moves runs to another experiment, all or none of them.

    Runs that are nested in them and the logged models that they made go with them. Their artifacts stay
    where they are, so that URIs which somebody noted remain right.

    Args:
        run_ids: Ids of up to 1,000 runs, or one id; runs that are there already stay.
        experiment_id: Where to.
        experiment_name: Where to, by name; an experiment that does not exist is made.

    Returns:
        Ids of the runs that were elsewhere before, nested ones among them.

    Raises:
        ResourceDoesNotExist: No experiment, or no run, has that id.
        InvalidParameterValue: Not exactly one of id and name is given, the experiment or a run is deleted, or
            there are too many runs.
    """
    if (experiment_id is None) == (experiment_name is None):
        raise InvalidParameterValue("Must specify exactly one of: `experiment_id` or `experiment_name`.")
    store = open_session_store()
    if experiment_name is not None:
        experiment_id = find_or_create_experiment(store, experiment_name).experiment_id
    return runs.move_runs(store, run_ids, experiment_id)


@overload
def search_runs(
    experiment_ids: list[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = SEARCH_MAX_RESULTS_PANDAS,
    order_by: list[str] | None = None,
    output_format: Literal["pandas"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: list[str] | None = None,
) -> pandas.DataFrame: ...
@overload
def search_runs(
    experiment_ids: list[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = SEARCH_MAX_RESULTS_PANDAS,
    order_by: list[str] | None = None,
    *,
    output_format: Literal["list"],
    search_all_experiments: bool = False,
    experiment_names: list[str] | None = None,
) -> list[Run]: ...
def search_runs(
    experiment_ids: list[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = SEARCH_MAX_RESULTS_PANDAS,
    order_by: list[str] | None = None,
    output_format: str = "pandas",
    search_all_experiments: bool = False,
    experiment_names: list[str] | None = None,
) -> list[Run] | pandas.DataFrame:
    """Runs that match a filter, newest first by default.

    Args:
        experiment_ids: Experiments to look in; the active one by default.
        filter_string: Such as `"metrics.rmse < 1 AND params.depth = '5'"`.
        run_view_type: A number of `ViewType`.
        max_results: Most runs that are wanted.
        order_by: Such as `["metrics.rmse ASC"]`.
        output_format: `"pandas"` for a DataFrame (columns `run_id experiment_id status artifact_uri start_time
            end_time`, then `metrics.*`, `params.*` and `tags.*`), or `"list"` for a list of `Run`.
        search_all_experiments: Whether to look in all experiments, when none are named.
        experiment_names: Experiments to look in, by name.

    Raises:
        ValueError: Unknown `output_format`.
        InvalidParameterValue: The filter does not parse, or experiments are given by id and by name.
        MissingExtra: A DataFrame is wanted and pandas is not installed.
    """
    if output_format not in {"pandas", "list"}:
        raise ValueError(
            f"Unsupported output format: {output_format}. Supported string values are 'pandas' or 'list'"
        )
    store = open_session_store()
    ids = _experiments_to_search(store, experiment_ids, experiment_names, search_all_experiments)
    found = (
        runs.search_all_runs(store, ids, filter_string, run_view_type, max_results, order_by) if ids else []
    )
    if output_format == "list":
        return found
    from mlflow.tracking.frames import runs_frame

    return runs_frame(found)


def list_run_infos(
    experiment_id: str,
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 1000,
    order_by: list[str] | None = None,
) -> list[RunInfo]:
    """Facts about the runs of an experiment; gone from MLflow since version 2, where `search_runs` is used."""
    found = runs.search_all_runs(
        open_session_store(), [experiment_id], "", run_view_type, max_results, order_by
    )
    return [run.info for run in found]


def target_of(run_id: str | None = None) -> Target:
    """Where something is logged to: a run by id, or the active run, which is started when there is none.

    A run that is open in this thread is found in its own store, whatever store was chosen since.
    """
    if run_id is None:
        entry = current_run() or _start_unasked()
        return Target(entry.store, entry.run.info.run_id)
    for entry in open_runs():
        if entry.run.info.run_id == run_id:
            return Target(entry.store, run_id)
    return Target(open_session_store(), run_id)


def _get_or_start_run() -> ActiveRun:
    """The active run, started when there is none; other packages call it by this name."""
    return active_run() or start_run()


def _start_unasked() -> OpenRun:
    """A run for what is logged outside of any; said when it may have been meant for the run before."""
    before = last_run()
    started = start_run()
    if before is not None:
        from mlflow._base.logs import get_logger

        get_logger(_LOGGER).info(
            "Run %s was started for what is logged now, because run %s had ended. If it belongs to that run, log it "
            "inside of its `with` block, or with run_id=%r.",
            started.info.run_id,
            before.run.info.run_id,
            before.run.info.run_id,
        )
    return open_runs()[-1]


def _parent_id(nested: bool, parent_run_id: str | None) -> str | None:
    """Parent of a new run.

    Raises:
        Exception: A run is active, and the new one is not to be nested.
    """
    entry = current_run()
    if entry is None:
        if parent_run_id is not None:
            _to_go_on(open_session_store(), parent_run_id)
        return parent_run_id
    active_id = entry.run.info.run_id
    if not nested:
        raise Exception(  # scripts catch exactly this
            f"Run with UUID {active_id} is already active. To start a new run, first end the current run with "
            "mlflow.end_run(). To start a nested run, call start_run with nested=True"
        )
    if parent_run_id is not None and parent_run_id != active_id:
        raise InvalidParameterValue(
            f"Current run with UUID {active_id} does not match the specified parent_run_id {parent_run_id}. To start "
            f"a nested run under {parent_run_id}, first end the current run with mlflow.end_run()."
        )
    return active_id


def _resume(
    store: Store,
    run_id: str,
    experiment_id: str | int | None,
    run_name: str | None,
    tags: Mapping[str, str],
    from_step: int | None,
) -> Run:
    wanted = chosen_experiment_id(store) if experiment_id is None else str(experiment_id)
    run = _to_go_on(store, run_id, wanted)
    if run.info.lifecycle_stage != "active":
        raise InvalidParameterValue(
            f"Cannot start run with ID {run_id} because it is in the deleted state. Restore it first with "
            f"mlflow.restore_run({run_id!r})."
        )
    if wanted is not None and wanted != run.info.experiment_id:
        raise InvalidParameterValue(
            f"Cannot start run with ID {run_id} because active experiment ID does not match environment run ID: the run "
            f"belongs to experiment {run.info.experiment_id}, and experiment {wanted} is asked for. Leave out one of "
            "them, or call mlflow.set_experiment with the experiment of the run."
        )
    store.runs.update(run_id, status=RunStatus.RUNNING, run_name=run_name)
    if from_step is not None:
        runs.rewind_run(store, run_id, from_step)
    if tags:
        store.runs.log_batch(run_id, tags=[RunTag(key, value) for key, value in tags.items()])
    return run if journaled(store) is not None else store.runs.get(run_id)


def _to_go_on(store: Store, run_id: str, experiment_id: str | None = None) -> Run:
    """A run that exists; through a journal, what is assumed of it while the server is away.

    Raises:
        ResourceDoesNotExist: There is no such run.
    """
    journal = journaled(store)
    return store.runs.get(run_id) if journal is None else journal.runs.go_on(run_id, experiment_id or "")


def _experiments_to_search(
    store: Store, ids: Sequence[str] | str | None, names: Sequence[str] | None, everywhere: bool
) -> list[str]:
    if ids and names:
        raise InvalidParameterValue("Only experiment_ids or experiment_names can be used, but not both")
    if names:
        return _ids_of_names(store, [names] if isinstance(names, str) else names)
    if ids:
        return runs.texts_of(ids)
    if everywhere:
        return [experiment.experiment_id for experiment in _all_experiments(store)]
    return [active_experiment_id(store)]


def _ids_of_names(store: Store, names: Sequence[str]) -> list[str]:
    found = []
    for name in names:
        experiment = store.experiments.find(name)
        if experiment is not None:
            found.append(experiment.experiment_id)
        else:
            from mlflow._base.logs import get_logger

            get_logger(_LOGGER).warning("Cannot retrieve experiment by name %s", name)
    return found
