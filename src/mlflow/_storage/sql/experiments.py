"""Experiments in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._base.clock import now_ms
from mlflow._storage.interface.pages import Page
from mlflow._storage.sql.connection import Columns, Connection, Row
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.experiment_rows import check_active, lock_experiment, no_experiment
from mlflow._storage.sql.guards import Guards
from mlflow._storage.sql.params import number_of
from mlflow._storage.sql.search_experiments import ExperimentSearch
from mlflow._storage.sql.settings import SqlSettings
from mlflow._storage.validation import (
    CUSTOM_VIEW_PREFIX,
    MAX_CUSTOM_VIEWS,
    check_artifact_location,
    check_experiment_id,
    check_experiment_name,
    check_experiment_tag,
    check_max_results,
    is_storable,
)
from mlflow.entities.experiment import Experiment
from mlflow.entities.lifecycle_stage import LifecycleStage
from mlflow.entities.tag import ExperimentTag
from mlflow.entities.view_type import ViewType
from mlflow.exceptions import (
    BadRequest,
    InvalidParameterValue,
    InvalidState,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
)

DEFAULT_NAME = Experiment.DEFAULT_EXPERIMENT_NAME
MAX_PAGE = 50_000
_COLUMNS = "e.id, e.name, e.root, e.location, e.created_ms, e.updated_ms, e.deleted_ms"
_TAGS = Columns("experiment_tag", experiment="bigint", name="text", value="text", number="double precision")
_SET_TAG = "ON CONFLICT (experiment, name) DO UPDATE SET value = excluded.value, number = excluded.number"


class SqlExperiments:
    """Experiments in SQL.

    Args:
        engine: The database.
        settings: Where artifacts are.
        guards: What refuses to delete experiments that are needed.
    """

    def __init__(self, engine: Engine, settings: SqlSettings, guards: Guards) -> None:
        self._engine = engine
        self._settings = settings
        self._guards = guards

    def create(
        self, name: str, artifact_location: str | None = None, tags: Sequence[ExperimentTag] = ()
    ) -> str:
        check_experiment_name(name)
        location = check_artifact_location(artifact_location) if artifact_location else None
        checked = {tag.key: check_experiment_tag(tag).value for tag in tags}

        def work(cx: Connection) -> str:
            now = now_ms()
            root, key = (None, "") if location is None else self._settings.taken_in(cx, location)
            row = cx.one(
                "INSERT INTO experiment (name, root, location, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (name) DO NOTHING RETURNING id",
                (name, root, key, now, now),
            )
            if row is None:
                raise _name_is_taken(cx, name)
            if location is None:
                cx.run(
                    "UPDATE experiment SET root = ?, location = ? WHERE id = ?",
                    (self._settings.current_root(cx), str(row[0]), row[0]),
                )
            if checked:
                cx.insert(
                    _TAGS,
                    [(row[0], key, value, number_of(value)) for key, value in sorted(checked.items())],
                    _SET_TAG,
                )
            return str(row[0])

        return self._engine.write(work)

    def get(self, experiment_id: str) -> Experiment:
        number = check_experiment_id(experiment_id)
        with self._engine.reading() as cx:
            row = cx.one(f"SELECT {_COLUMNS} FROM experiment e WHERE e.id = ?", (number,))
            if row is None:
                raise no_experiment(number)
            return self._entities(cx, [row])[0]

    def find(self, name: str) -> Experiment | None:
        if not is_storable(name):
            return None
        with self._engine.reading() as cx:
            row = cx.one(f"SELECT {_COLUMNS} FROM experiment e WHERE e.name = ?", (name,))
            return self._entities(cx, [row])[0] if row else None

    def search(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[Experiment]:
        check_max_results(max_results, MAX_PAGE)

        with self._engine.snapshot() as cx:
            search = ExperimentSearch(self._engine, cx)
            query = search.query(view_type, filter_string, order_by)
            rows, token = query.page(cx, _COLUMNS, max_results, page_token)
            return Page(self._entities(cx, rows), token)

    def rename(self, experiment_id: str, new_name: str) -> None:
        number = check_experiment_id(experiment_id)
        check_experiment_name(new_name)

        def work(cx: Connection) -> None:
            if lock_experiment(cx, self._engine.dialect, number)[0] is not None:
                raise InvalidState(
                    f"Experiment {experiment_id} is deleted; restore it before it can be renamed"
                )
            other = cx.one("SELECT id FROM experiment WHERE name = ? AND id <> ?", (new_name, number))
            if other is not None:
                raise BadRequest(_name_is_taken(cx, new_name).message)
            cx.run(
                "UPDATE experiment SET name = ?, updated_ms = ? WHERE id = ?", (new_name, now_ms(), number)
            )

        self._engine.write(work)

    def delete(self, experiment_id: str) -> None:
        number = check_experiment_id(experiment_id)

        def work(cx: Connection) -> None:
            now = now_ms()
            if lock_experiment(cx, self._engine.dialect, number)[0] is not None:
                raise ResourceDoesNotExist(
                    f"No active experiment has the ID {experiment_id}: it is deleted already"
                )
            self._guards.check_experiment(cx, number)
            cx.run("UPDATE experiment SET deleted_ms = ?, updated_ms = ? WHERE id = ?", (now, now, number))
            cx.run("UPDATE run SET deleted_ms = ? WHERE experiment = ? AND deleted_ms IS NULL", (now, number))

        self._engine.write(work)

    def restore(self, experiment_id: str) -> None:
        number = check_experiment_id(experiment_id)

        def work(cx: Connection) -> None:
            if lock_experiment(cx, self._engine.dialect, number)[0] is None:
                raise ResourceDoesNotExist(f"No deleted experiment has the ID {experiment_id}: it is active")
            cx.run("UPDATE experiment SET deleted_ms = NULL, updated_ms = ? WHERE id = ?", (now_ms(), number))
            cx.run(
                "UPDATE run SET deleted_ms = NULL WHERE experiment = ? AND deleted_ms IS NOT NULL", (number,)
            )

        self._engine.write(work)

    def set_tag(self, experiment_id: str, tag: ExperimentTag) -> None:
        number = check_experiment_id(experiment_id)
        check_experiment_tag(tag)

        def work(cx: Connection) -> None:
            check_active(number, lock_experiment(cx, self._engine.dialect, number)[0])
            if tag.key.startswith(CUSTOM_VIEW_PREFIX):
                _check_views(cx, number, tag.key)
            cx.insert(_TAGS, [(number, tag.key, tag.value, number_of(tag.value))], _SET_TAG)
            cx.run("UPDATE experiment SET updated_ms = ? WHERE id = ?", (now_ms(), number))

        self._engine.write(work)

    def delete_tag(self, experiment_id: str, key: str) -> None:
        number = check_experiment_id(experiment_id)

        def work(cx: Connection) -> None:
            check_active(number, lock_experiment(cx, self._engine.dialect, number)[0])
            if not cx.run("DELETE FROM experiment_tag WHERE experiment = ? AND name = ?", (number, key)):
                raise ResourceDoesNotExist(f"No tag with name: {key} in experiment with id {experiment_id}")
            cx.run("UPDATE experiment SET updated_ms = ? WHERE id = ?", (now_ms(), number))

        self._engine.write(work)

    def _entities(self, cx: Connection, rows: Sequence[Row]) -> list[Experiment]:
        tags: dict[int, list[ExperimentTag]] = {row[0]: [] for row in rows}
        numbers = list(tags)
        for start in range(0, len(numbers), 500):
            chunk = numbers[start : start + 500]
            marks = ", ".join("?" * len(chunk))
            for number, key, value in cx.all(
                f"SELECT experiment, name, value FROM experiment_tag WHERE experiment IN ({marks}) ORDER BY 1, 2",
                chunk,
            ):
                tags[number].append(ExperimentTag(key, value))
        return [
            Experiment(
                experiment_id=str(number),
                name=name,
                artifact_location=self._settings.given_out(cx, root, location),
                lifecycle_stage=LifecycleStage.ACTIVE if deleted is None else LifecycleStage.DELETED,
                tags=tags[number],
                creation_time=created,
                last_update_time=updated,
                workspace="default",
            )
            for number, name, root, location, created, updated, deleted in rows
        ]


def _check_views(cx: Connection, number: int, key: str) -> None:
    """Refuses one custom view too many."""
    rows = cx.all(
        "SELECT name FROM experiment_tag WHERE experiment = ? AND name >= ? AND name < ?",
        (number, CUSTOM_VIEW_PREFIX, CUSTOM_VIEW_PREFIX + "\U0010ffff"),
    )
    if len({row[0] for row in rows} - {key}) >= MAX_CUSTOM_VIEWS:
        raise InvalidParameterValue(
            f"An experiment has at most {MAX_CUSTOM_VIEWS} custom views; delete one before you add another"
        )


def _name_is_taken(cx: Connection, name: str) -> ResourceAlreadyExists:
    row = cx.one("SELECT id, deleted_ms FROM experiment WHERE name = ?", (name,))
    if row is not None and row[1] is not None:
        return ResourceAlreadyExists(
            f"Experiment '{name}' already exists in deleted state. You can restore the experiment (id {row[0]}), "
            "or delete it for good to create a new one of that name."
        )
    return ResourceAlreadyExists(f"Experiment(name={name}) already exists.")
