"""The trash: what was deleted and can be restored, until it is purged.

A run, a logged model or an experiment is purged in one transaction, which also notes where its files are. The files
are deleted after that, and then the note: whoever is interrupted leaves either everything or notes, and the next
sweep goes on with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from mlflow._artifacts.open import open_artifacts
from mlflow._base.uri import redact_uri, split_uri
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.experiment_rows import lock_experiment, no_experiment
from mlflow._storage.sql.logged_model_rows import model_number, no_model
from mlflow._storage.sql.run_rows import lock_run
from mlflow._storage.sql.settings import SqlSettings
from mlflow._storage.validation import check_experiment_id
from mlflow.exceptions import InvalidParameterValue, InvalidState, MlflowException, ResourceConflict

RUN_TABLES = (
    "logged_model_metric",
    "metric",
    "metric_block",
    "metric_inbox",
    "metric_pack",
    "param",
    "run_dataset",
    "run_dataset_tag",
    "run_document",
    "run_lease",
    "run_model",
    "run_segment",
    "segment_block",
    "tag",
)
"""Tables whose rows belong to the run that their column `run` names."""
MODEL_TABLES = ("logged_model_metric", "logged_model_param", "logged_model_tag", "run_model")
"""Tables whose rows belong to the logged model that their column `model` names."""
_CHUNK = 500
_NAMED = 3
"""How many of the things in the way an error names."""


class Trash(NamedTuple):
    """What is in the trash.

    Attributes:
        run_ids: Deleted runs.
        model_ids: Deleted logged models.
        experiment_ids: Deleted experiments.
    """

    run_ids: list[str]
    model_ids: list[str]
    experiment_ids: list[str]


class _RehearsedError(Exception):
    """Takes back what was done to see whether it can be done."""


class SqlTrash:
    """The trash of a database.

    Args:
        engine: The database.
        settings: Where artifacts are.
    """

    def __init__(self, engine: Engine, settings: SqlSettings) -> None:
        self._engine = engine
        self._settings = settings

    def content(self, before_ms: int) -> Trash:
        """What was deleted before a moment, in milliseconds since the epoch."""
        with self._engine.snapshot() as cx:
            return Trash(*(_deleted(cx, table, before_ms) for table in ("run", "logged_model", "experiment")))

    def content_of(self, experiment_id: str) -> Trash:
        """The runs and logged models of an experiment, deleted ones or not."""
        number = check_experiment_id(experiment_id)
        with self._engine.snapshot() as cx:
            runs, models = (
                [
                    row[0]
                    for row in cx.all(f"SELECT uuid FROM {table} WHERE experiment = ? ORDER BY id", (number,))
                ]
                for table in ("run", "logged_model")
            )
        return Trash(runs, [f"m-{uuid}" for uuid in models], [])

    def purge_run(
        self, run_id: str, before_ms: int, *, with_models: bool = False, dry_run: bool = False
    ) -> None:
        """Removes a deleted run for good, with everything that it logged.

        Args:
            run_id: The run.
            before_ms: The moment before which it was deleted, in milliseconds since the epoch.
            with_models: Whether logged models that it made, and that are not deleted, go with it.
            dry_run: Whether to see only whether it can be done.

        Raises:
            ResourceDoesNotExist: There is no such run.
            InvalidState: It is not deleted, or was deleted later.
            ResourceConflict: A version, or a logged model, stands on it.
        """

        def work(cx: Connection) -> None:
            run = lock_run(cx, self._engine.dialect, run_id)
            _check_deleted(f"The run {run_id}", run.deleted_ms, before_ms)
            _refuse(f"The run {run_id}", self._versions(cx, "run_id", run_id))
            models = cx.all(
                "SELECT id, uuid, deleted_ms FROM logged_model WHERE source_run = ? ORDER BY id",
                (run.number,),
            )
            active = [f"the logged model m-{uuid}" for _, uuid, deleted_ms in models if deleted_ms is None]
            if not with_models:
                _refuse(f"The run {run_id}", active)
            for number, uuid, _ in models:
                self._remove_model(cx, number, uuid)
            self._note_files(cx, "run", run.number, run_id, f"run {run_id}")
            for table in RUN_TABLES:
                cx.run(f"DELETE FROM {table} WHERE run = ?", (run.number,))
            cx.run("UPDATE run SET parent = NULL WHERE parent = ?", (run.number,))
            cx.run("DELETE FROM run WHERE id = ?", (run.number,))
            cx.run("DELETE FROM foreign_id WHERE number = ?", (run.number,))

        self._write(work, dry_run=dry_run)

    def purge_logged_model(
        self, model_id: str, before_ms: int, *, with_active: bool = False, dry_run: bool = False
    ) -> None:
        """Removes a deleted logged model for good, with its files.

        Args:
            model_id: The model.
            before_ms: As for `purge_run`.
            with_active: Whether it need not be deleted, because its experiment is.
            dry_run: Whether to see only whether it can be done.

        Raises:
            ResourceDoesNotExist: There is no such model.
            InvalidState: It is not deleted, or was deleted later.
            ResourceConflict: A version stands on it.
        """

        def work(cx: Connection) -> None:
            number = model_number(cx, model_id)
            row = cx.one(
                f"SELECT uuid, deleted_ms FROM logged_model WHERE id = ?{self._engine.dialect.row_lock}",
                (number,),
            )
            if row is None or number is None:
                raise no_model(model_id)
            if not with_active:
                _check_deleted(f"The logged model {model_id}", row[1], before_ms)
            self._remove_model(cx, number, row[0])

        self._write(work, dry_run=dry_run)

    def purge_experiment(self, experiment_id: str, before_ms: int, *, dry_run: bool = False) -> None:
        """Removes a deleted experiment for good, with all that is in it: first its runs and models, one by one.

        Args:
            experiment_id: The experiment.
            before_ms: As for `purge_run`.
            dry_run: Whether to see only whether it can be done.

        Raises:
            ResourceDoesNotExist: There is no such experiment.
            InvalidParameterValue: It is the default experiment, which stays.
            InvalidState: It is not deleted, or was deleted later, or a run in it is not deleted.
            ResourceConflict: A version stands on something in it, or runs that were moved keep their files with it.
        """
        number = self._deleted_experiment(experiment_id, before_ms)
        what = f"The experiment {experiment_id}"
        with self._engine.reading() as cx:
            rows = cx.all("SELECT uuid FROM run WHERE home = ? ORDER BY id LIMIT ?", (number, _NAMED + 1))
        _refuse(what, [f"the run {uuid}, which was moved and keeps its files there" for (uuid,) in rows])
        content = self.content_of(experiment_id)
        for rehearsal in (True,) if dry_run else (True, False):  # nothing goes unless all of it can
            for model_id in content.model_ids:
                self.purge_logged_model(model_id, before_ms, with_active=True, dry_run=rehearsal)
            for run_id in content.run_ids:
                self.purge_run(run_id, before_ms, with_models=True, dry_run=rehearsal)
        if dry_run:
            return

        def work(cx: Connection) -> None:
            what = f"The experiment {experiment_id}"
            _check_deleted(what, lock_experiment(cx, self._engine.dialect, number)[0], before_ms)
            for table, noun in (("run", "the run "), ("logged_model", "the logged model m-")):
                rows = cx.all(
                    f"SELECT uuid FROM {table} WHERE experiment = ? OR home = ? ORDER BY id LIMIT ?",
                    (number, number, _NAMED + 1),
                )
                _refuse(what, [f"{noun}{uuid}" for (uuid,) in rows])
            cx.run(
                "INSERT INTO purged_files (root, location, name) SELECT root, location, ? FROM experiment "
                "WHERE id = ? AND root IS NOT NULL AND location = CAST(id AS TEXT)",  # where nobody else puts files
                (f"experiment {experiment_id}", number),
            )
            cx.run("DELETE FROM experiment_tag WHERE experiment = ?", (number,))
            cx.run("DELETE FROM dataset WHERE experiment = ?", (number,))
            cx.run("DELETE FROM experiment WHERE id = ?", (number,))

        self._write(work)

    def _write(self, work: Callable[[Connection], None], *, dry_run: bool = False) -> None:
        def rehearse(cx: Connection) -> None:
            work(cx)
            raise _RehearsedError

        with suppress(_RehearsedError):
            self._engine.write(rehearse if dry_run else work, alone=True)

    def _deleted_experiment(self, experiment_id: str, before_ms: int) -> int:
        """Number of an experiment that can be purged."""
        number = check_experiment_id(experiment_id)
        if number == 0:
            raise InvalidParameterValue("The default experiment (id 0) cannot be purged, only its runs")
        with self._engine.reading() as cx:
            row = cx.one("SELECT deleted_ms FROM experiment WHERE id = ?", (number,))
        if row is None:
            raise no_experiment(number)
        _check_deleted(f"The experiment {experiment_id}", row[0], before_ms)
        return number

    def sweep(self) -> list[str]:
        """Deletes the files of what was purged.

        Returns:
            Why files could not be deleted now; the next sweep tries again.
        """
        failures: list[str] = []
        deleted: list[int] = []
        with self._engine.reading() as cx:
            rows = cx.all("SELECT id, root, location, name FROM purged_files ORDER BY id")
        for number, root, location, name in rows:
            uri = location
            try:
                if root is None:
                    base, key = split_uri(location)
                else:
                    with self._engine.reading() as cx:
                        base, key = self._settings.root_uri(cx, root), location
                    uri = f"{base}/{key}"
                open_artifacts(base).delete(key)
            except (MlflowException, OSError) as error:
                failures.append(f"The files of the {name} at {redact_uri(uri)} could not be deleted: {error}")
                continue
            deleted.append(number)
        for start in range(0, len(deleted), _CHUNK):
            self._forget_files(deleted[start : start + _CHUNK])
        return failures

    def _versions(self, cx: Connection, column: str, value: str) -> list[str]:
        """Versions of the registry that stand on a run or model; deleted ones do not count, and no others appear."""
        cx.one(f"SELECT seq FROM decision_head WHERE id = 1{self._engine.dialect.row_lock}")
        rows = cx.all(
            "SELECT v.version, m.name FROM model_version v JOIN registered_model m ON m.id = v.model "
            f"WHERE (v.{column} = ? OR v.source LIKE ? OR v.location LIKE ?) "
            "AND v.deleted_ms IS NULL AND m.deleted_ms IS NULL ORDER BY m.name, v.version LIMIT ?",
            (value, f"%{value}%", f"%{value}%", _NAMED + 1),
        )
        return [f"version {version} of {name!r}" for version, name in rows]

    def _forget_files(self, numbers: Sequence[int]) -> None:
        marks = ", ".join("?" * len(numbers))
        self._engine.write(
            lambda cx: cx.run(f"DELETE FROM purged_files WHERE id IN ({marks})", numbers), alone=True
        )

    def _remove_model(self, cx: Connection, number: int, uuid: str) -> None:
        model_id = f"m-{uuid}"
        _refuse(f"The logged model {model_id}", self._versions(cx, "model_id", model_id))
        self._note_files(cx, "logged_model", number, f"models/{model_id}", f"logged model {model_id}")
        cx.run("DELETE FROM run_document WHERE run IN (SELECT run FROM run_model WHERE model = ?)", (number,))
        for table in MODEL_TABLES:
            cx.run(f"DELETE FROM {table} WHERE model = ?", (number,))
        cx.run("DELETE FROM logged_model WHERE id = ?", (number,))
        cx.run("DELETE FROM foreign_id WHERE number = ?", (number,))

    def _note_files(self, cx: Connection, table: str, number: int, folder: str, name: str) -> None:
        cx.run(
            "INSERT INTO purged_files (root, location, name) "
            "SELECT e.root, CASE WHEN e.location = '' THEN ? ELSE RTRIM(e.location, '/') || '/' || ? END, ? "
            f"FROM {table} x JOIN experiment e ON e.id = COALESCE(x.home, x.experiment) WHERE x.id = ?",
            (folder, folder, name, number),
        )


def _deleted(cx: Connection, table: str, before_ms: int) -> list[str]:
    column = {"experiment": "CAST(id AS TEXT)", "run": "uuid", "logged_model": "'m-' || uuid"}[table]
    rows = cx.all(
        f"SELECT {column} FROM {table} WHERE deleted_ms IS NOT NULL AND deleted_ms <= ? ORDER BY id",
        (before_ms,),
    )
    return [row[0] for row in rows]


def _check_deleted(what: str, deleted_ms: int | None, before_ms: int) -> None:
    if deleted_ms is None:
        raise InvalidState(f"{what} is not deleted; only what is in the trash can be purged")
    if deleted_ms > before_ms:
        raise InvalidState(f"{what} was deleted later than --older-than allows")


def _refuse(what: str, standing: Sequence[str]) -> None:
    if standing:
        more = ", and more" if len(standing) > _NAMED else ""
        raise ResourceConflict(f"{what} cannot be purged, because of {', '.join(standing[:_NAMED])}{more}")
