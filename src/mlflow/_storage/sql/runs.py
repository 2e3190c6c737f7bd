"""Runs in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._base.clock import now_ms
from mlflow._base.ids import id_of_number, new_number
from mlflow._base.names import random_name
from mlflow._storage.interface.pages import Page
from mlflow._storage.interface.runs import RunDocument
from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.documents import bodies_of, keep_documents
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.experiment_rows import hold_active_experiment
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.metrics import append_points
from mlflow._storage.sql.params import write_params
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run, lock_run, no_run
from mlflow._storage.sql.search_runs import RunSearch
from mlflow._storage.sql.settings import SqlSettings
from mlflow._storage.sql.tags import RUN_NAME, write_tags
from mlflow._storage.validation import (
    MAX_INT64,
    check_batch,
    check_experiment_id,
    check_max_results,
    check_run_status,
    check_run_tag,
    check_text,
)
from mlflow._wire.runs import run_from_body
from mlflow.entities.lifecycle_stage import LifecycleStage
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run import Run
from mlflow.entities.run_info import RunInfo
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import RunTag
from mlflow.entities.view_type import ViewType
from mlflow.exceptions import InvalidParameterValue

MAX_PAGE = 50_000
_COLUMNS = (
    "r.id, r.uuid, r.experiment, r.name, r.user_id, r.status, r.start_ms, r.end_ms, r.deleted_ms, "
    "(SELECT e.root FROM experiment e WHERE e.id = r.experiment), "
    "(SELECT e.location FROM experiment e WHERE e.id = r.experiment)"
)
_SELECT_WITH_DOCUMENT = (
    f"SELECT {_COLUMNS}, d.body FROM run r LEFT JOIN run_document d ON d.run = r.id WHERE r.id = ?"
)


class SqlRuns:
    """Runs in SQL.

    Args:
        engine: The database.
        settings: Where artifacts are.
    """

    def __init__(self, engine: Engine, settings: SqlSettings) -> None:
        self._engine = engine
        self._settings = settings

    def create(
        self,
        experiment_id: str,
        user_id: str | None = None,
        start_time: int | None = None,
        tags: Sequence[RunTag] = (),
        run_name: str | None = None,
    ) -> Run:
        experiment = check_experiment_id(experiment_id)
        started = _check_time("start_time", start_time or 0)
        checked = {tag.key: check_run_tag(tag) for tag in tags}
        tagged = checked[RUN_NAME].value if RUN_NAME in checked else None
        if run_name and tagged and run_name != tagged:
            raise InvalidParameterValue(
                "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
                f"(run_name='{run_name}', mlflow.runName='{tagged}')."
            )
        user = check_text(user_id or "", "user_id")
        name = run_name or tagged or random_name()
        checked[RUN_NAME] = check_run_tag(RunTag(RUN_NAME, name))

        def work(cx: Connection) -> Run:
            hold_active_experiment(cx, self._engine.dialect, experiment)
            number = new_number()
            while not insert_run(cx, number, id_of_number(number), experiment, name, user, started):
                number = new_number()  # two runs that start in the same millisecond may draw the same one
            write_tags(cx, self._engine, RunRow(number, experiment, None), list(checked.values()))
            return self._get(cx, number)

        return self._engine.write(work)

    def get(self, run_id: str) -> Run:
        return run_from_body(*self.get_document(run_id))

    def get_document(self, run_id: str) -> RunDocument:
        with self._engine.reading() as cx:
            number = find_number(cx, run_id)
            row = None if number is None else cx.one(_SELECT_WITH_DOCUMENT, (number,))
            if row is None:
                raise no_run(run_id)
            if row[-1] is not None:
                return RunDocument(self._info(cx, row[:-1]), bytes(row[-1]))
        with self._engine.snapshot() as cx:
            documents, missing = self._documents(
                cx, cx.all(f"SELECT {_COLUMNS} FROM run r WHERE r.id = ?", (number,))
            )
        self._keep(missing)
        return documents[0]

    def update(
        self,
        run_id: str,
        status: int | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> RunInfo:
        if status is not None:
            check_run_status(status)
        ended = None if end_time is None else _check_time("end_time", end_time)

        def work(cx: Connection) -> RunInfo:
            run = lock_active_run(cx, self._engine.dialect, run_id)
            cx.run(
                "UPDATE run SET status = COALESCE(?, status), end_ms = COALESCE(?, end_ms) WHERE id = ?",
                (status, ended, run.number),
            )
            if run_name:
                write_tags(cx, self._engine, run, [check_run_tag(RunTag(RUN_NAME, run_name))])
                forget_document(cx, run.number)
            if status is not None and RunStatus.is_terminated(status):
                keep_documents(self._engine, cx, [run.number])
            row = cx.one(f"SELECT {_COLUMNS} FROM run r WHERE r.id = ?", (run.number,))
            assert row is not None  # it is locked
            return self._info(cx, row)

        return self._engine.write(work, run_id)

    def delete(self, run_id: str) -> None:
        self._set_deleted(run_id, now_ms())

    def restore(self, run_id: str) -> None:
        self._set_deleted(run_id, None)

    def search(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[Run]:
        page = self.search_documents(
            experiment_ids, filter_string, view_type, max_results, order_by, page_token
        )
        return Page([run_from_body(*document) for document in page], page.token)

    def search_documents(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[RunDocument]:
        check_max_results(max_results, MAX_PAGE)
        experiments = sorted({check_experiment_id(experiment_id) for experiment_id in experiment_ids})
        with self._engine.snapshot() as cx:
            search = RunSearch(self._engine, cx, self._settings)
            query = search.query(experiments, view_type, filter_string, order_by)
            rows, token = query.page(cx, _COLUMNS, max_results, page_token)
            documents, missing = self._documents(cx, rows)
        self._keep(missing)
        return Page(documents, token)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
    ) -> None:
        checked_metrics, checked_params, checked_tags = check_batch(metrics, params, tags)
        engine = self._engine

        def work(cx: Connection) -> None:
            run = lock_active_run(cx, engine.dialect, run_id)
            if checked_params:
                write_params(cx, engine, run, run_id, checked_params)
            if checked_metrics:
                append_points(cx, engine, run, checked_metrics)
            if checked_tags:
                write_tags(cx, engine, run, checked_tags)
            forget_document(cx, run.number)

        engine.write(work, run_id)

    def _get(self, cx: Connection, number: int) -> Run:
        row = cx.one(f"SELECT {_COLUMNS} FROM run r WHERE r.id = ?", (number,))
        assert row is not None  # the caller made it
        documents, _ = self._documents(cx, [row])
        return run_from_body(*documents[0])

    def _set_deleted(self, run_id: str, deleted_ms: int | None) -> None:
        def work(cx: Connection) -> None:
            run = lock_run(cx, self._engine.dialect, run_id)
            if (run.deleted_ms is None) != (deleted_ms is None):
                cx.run("UPDATE run SET deleted_ms = ? WHERE id = ?", (deleted_ms, run.number))

        self._engine.write(work, run_id)

    def _documents(self, cx: Connection, rows: Sequence[Row]) -> tuple[list[RunDocument], list[int]]:
        bodies, missing = bodies_of(cx, self._engine, [row[0] for row in rows])
        ended = {row[0] for row in rows if RunStatus.is_terminated(row[5])}
        documents = [RunDocument(self._info(cx, row), bodies[row[0]]) for row in rows]
        return documents, [number for number in missing if number in ended]

    def _keep(self, missing: Sequence[int]) -> None:
        """Keeps the documents of runs that have ended; those of running ones would be outdated at once."""
        if missing and self._engine.writer.current is None:
            self._engine.submit(
                lambda: self._engine.write(lambda cx: keep_documents(self._engine, cx, missing)),
                lambda _: None,  # a cache that cannot be written is no error
            )

    def _info(self, cx: Connection, row: Row) -> RunInfo:
        _, uuid, experiment, name, user_id, status, start_ms, end_ms, deleted_ms, root, location = row
        base = self._settings.given_out(cx, root, location)
        return RunInfo(
            run_id=uuid,
            experiment_id=str(experiment),
            user_id=user_id,
            status=RunStatus.to_string(status),
            start_time=start_ms,
            end_time=end_ms,
            lifecycle_stage=LifecycleStage.ACTIVE if deleted_ms is None else LifecycleStage.DELETED,
            artifact_uri=f"{base.rstrip('/')}/{uuid}/artifacts",
            run_name=name,
        )


def insert_run(
    cx: Connection, number: int, uuid: str, experiment: int, name: str, user_id: str, started: int
) -> bool:
    """Inserts the row of a run that starts now; returns whether its number was free.

    An importer takes the number from `adopt_id`, so that the run keeps an id that was made elsewhere.
    """
    return bool(
        cx.run(
            "INSERT INTO run (id, uuid, experiment, name, user_id, status, start_ms) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO NOTHING",
            (number, uuid, experiment, name, user_id, RunStatus.RUNNING, started),
        )
    )


def _check_time(name: str, value: int) -> int:
    if not 0 <= value <= MAX_INT64:
        raise InvalidParameterValue(
            f"Invalid value {value} for parameter '{name}' supplied: milliseconds since 1970"
        )
    return value
