"""Runs in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._base.clock import now_ms
from mlflow._base.ids import id_of_number, new_number
from mlflow._storage.interface.pages import Page
from mlflow._storage.interface.runs import JOURNAL, RunDocument
from mlflow._storage.run_names import RUN_NAME, with_name
from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.documents import keep_documents, make_bodies
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.experiment_rows import hold_active_experiment
from mlflow._storage.sql.folding import finish, settle_for
from mlflow._storage.sql.guards import Guards
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.leases import end_lease
from mlflow._storage.sql.metrics import append_points
from mlflow._storage.sql.params import write_params
from mlflow._storage.sql.run_announcements import announce_run, announce_status
from mlflow._storage.sql.run_moves import move_runs
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run, lock_run, no_run
from mlflow._storage.sql.search import any_of
from mlflow._storage.sql.search_runs import RunSearch
from mlflow._storage.sql.settings import SqlSettings
from mlflow._storage.sql.tags import write_tags
from mlflow._storage.validation import (
    check_batch,
    check_experiment_id,
    check_max_results,
    check_moved_runs,
    check_new_id,
    check_run_status,
    check_run_tag,
    check_text,
    check_time,
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
from mlflow.exceptions import ResourceConflict

MAX_PAGE = 50_000
_COLUMNS = (
    "r.id, r.uuid, r.experiment, r.name, r.user_id, r.status, r.start_ms, r.end_ms, r.deleted_ms, "
    "(SELECT e.root FROM experiment e WHERE e.id = COALESCE(r.home, r.experiment)), "
    "(SELECT e.location FROM experiment e WHERE e.id = COALESCE(r.home, r.experiment))"
)
_SELECT_WITH_DOCUMENT = f"SELECT {_COLUMNS}, d.body FROM run r LEFT JOIN run_document d ON d.run = r.id"


class SqlRuns:
    """Runs in SQL.

    Args:
        engine: The database.
        settings: Where artifacts are.
        guards: What refuses to delete runs that are needed.
    """

    def __init__(self, engine: Engine, settings: SqlSettings, guards: Guards) -> None:
        self._engine = engine
        self._settings = settings
        self._guards = guards

    def create(
        self,
        experiment_id: str,
        user_id: str | None = None,
        start_time: int | None = None,
        tags: Sequence[RunTag] = (),
        run_name: str | None = None,
        run_id: str | None = None,
    ) -> Run:
        wanted = None if run_id is None else check_new_id(run_id)
        experiment = check_experiment_id(experiment_id)
        started = check_time(start_time or 0, "start_time")
        checked = with_name(tags, run_name)
        name = checked[RUN_NAME].value
        user = check_text(user_id or "", "user_id")

        def work(cx: Connection) -> Run:
            journal = checked[JOURNAL].value if JOURNAL in checked else None
            if wanted is not None and (
                same := self._find_same(cx, wanted, experiment, user, started, journal)
            ):
                return same
            hold_active_experiment(cx, self._engine.dialect, experiment)
            number = new_number() if wanted is None else wanted
            while not insert_run(cx, number, id_of_number(number), experiment, name, user, started):
                if wanted is not None:  # taken by another process just now
                    same = self._find_same(cx, wanted, experiment, user, started, journal)
                    if same is None:
                        raise ResourceConflict(f"The id {run_id} is being taken by another call; try again")
                    return same
                number = new_number()  # two runs that start in the same millisecond may draw the same one
            write_tags(cx, self._engine, RunRow(number, experiment, None), list(checked.values()))
            announce_run(cx, self._engine, number, "started")
            return self._get(cx, number)

        return self._engine.write(work)

    def get(self, run_id: str) -> Run:
        return run_from_body(*self.get_document(run_id))

    def get_document(self, run_id: str) -> RunDocument:
        with self._engine.reading() as cx:
            number = find_number(cx, run_id)
            row = None if number is None else cx.one(f"{_SELECT_WITH_DOCUMENT} WHERE r.id = ?", (number,))
            if row is None or number is None:
                raise no_run(run_id)
            if row[-1] is not None:
                return RunDocument(self._info(cx, row), bytes(row[-1]))
        with self._engine.snapshot() as cx:
            documents, missing = self._documents(cx, [number])
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
        ended = None if end_time is None else check_time(end_time, "end_time")

        def work(cx: Connection) -> RunInfo:
            run = lock_active_run(cx, self._engine.dialect, run_id)
            if status is not None:
                announce_status(cx, self._engine, run.number, status)
            cx.run(
                "UPDATE run SET status = COALESCE(?, status), end_ms = COALESCE(?, end_ms) WHERE id = ?",
                (status, ended, run.number),
            )
            if run_name:
                write_tags(cx, self._engine, run, [check_run_tag(RunTag(RUN_NAME, run_name))])
                forget_document(cx, run.number)
            if status is not None:
                end_lease(cx, self._engine, run)
            if status is not None and RunStatus.is_terminated(status):
                finish(cx, self._engine.dialect, run.number)
                keep_documents(self._engine, cx, [run.number])
            row = cx.one(f"SELECT {_COLUMNS} FROM run r WHERE r.id = ?", (run.number,))
            assert row is not None  # it is locked
            return self._info(cx, row)

        return self._engine.write(work, run_id)

    def delete(self, run_id: str) -> None:
        self._set_deleted(run_id, now_ms())

    def restore(self, run_id: str) -> None:
        self._set_deleted(run_id, None)

    def move(self, run_ids: Sequence[str], experiment_id: str) -> list[str]:
        check_moved_runs(run_ids)
        experiment = check_experiment_id(experiment_id)

        def work(cx: Connection) -> list[str]:
            hold_active_experiment(cx, self._engine.dialect, experiment)
            return move_runs(cx, self._engine, run_ids, experiment)

        return self._engine.write(work, alone=True)

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
        settle_for(self._engine, (filter_string or "", *order_by))
        with self._engine.snapshot() as cx:
            search = RunSearch(self._engine, cx, self._settings)
            query = search.query(experiments, view_type, filter_string, order_by)
            numbers, token = query.page(cx, max_results, page_token)
            documents, missing = self._documents(cx, numbers)
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

    def _find_same(
        self, cx: Connection, number: int, experiment: int, user: str, started: int, journal: str | None
    ) -> Run | None:
        """The run that was made by the same call before.

        Raises:
            ResourceConflict: Another run has its number.
        """
        row = cx.one(
            "SELECT COALESCE(home, experiment), user_id, start_ms FROM run WHERE id = ?", (number,)
        )  # the experiment that it was made in
        if row is None:
            return None
        run = self._get(cx, number)
        if row == (experiment, user, started) and run.data.tags.get(JOURNAL) == journal:
            return run
        raise ResourceConflict(f"Another run has the id {id_of_number(number)} already; make a new one")

    def _get(self, cx: Connection, number: int) -> Run:
        documents, _ = self._documents(cx, [number])
        return run_from_body(*documents[0])

    def _set_deleted(self, run_id: str, deleted_ms: int | None) -> None:
        def work(cx: Connection) -> None:
            run = lock_run(cx, self._engine.dialect, run_id)
            if (run.deleted_ms is None) != (deleted_ms is None):
                if deleted_ms is not None:
                    self._guards.check_run(cx, run_id)
                cx.run("UPDATE run SET deleted_ms = ? WHERE id = ?", (deleted_ms, run.number))
                announce_run(
                    cx, self._engine, run.number, "deleted" if deleted_ms is not None else "restored"
                )

        self._engine.write(work, run_id)

    def _documents(self, cx: Connection, numbers: Sequence[int]) -> tuple[list[RunDocument], list[int]]:
        """Documents of runs, and the runs whose documents had to be made although they have ended."""
        if not numbers:
            return [], []
        chosen = any_of(self._engine.dialect, "r.id", numbers)
        rows = cx.all(f"{_SELECT_WITH_DOCUMENT} WHERE {chosen.text}", chosen.parameters)
        by_number = {row[0]: row for row in rows}
        absent = [row[0] for row in rows if row[-1] is None]
        made = make_bodies(cx, self._engine, absent)
        documents = [
            RunDocument(self._info(cx, by_number[number]), made.get(number) or bytes(by_number[number][-1]))
            for number in numbers
        ]
        return documents, [number for number in absent if RunStatus.is_terminated(by_number[number][5])]

    def _keep(self, missing: Sequence[int]) -> None:
        """Keeps the documents of runs that have ended; those of running ones would be outdated at once."""
        if missing and self._engine.writer.current is None:
            self._engine.submit(
                lambda: self._engine.write(lambda cx: keep_documents(self._engine, cx, missing)),
                lambda _: None,  # a cache that cannot be written is no error
            )

    def _info(self, cx: Connection, row: Row) -> RunInfo:
        _, uuid, experiment, name, user_id, status, start_ms, end_ms, deleted_ms, root, location = row[:11]
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
