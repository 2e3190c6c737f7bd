"""Logged models in SQL."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from mlflow._base.clock import now_ms
from mlflow._base.ids import id_of_number, new_number
from mlflow._base.names import random_name
from mlflow._storage.interface.logged_models import DatasetFilter, ModelOrder
from mlflow._storage.interface.pages import Page
from mlflow._storage.sql.connection import Columns, Connection, Row
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.experiment_rows import hold_active_experiment
from mlflow._storage.sql.guards import Guards
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.logged_model_rows import find_model, model_number, no_model
from mlflow._storage.sql.params import number_of
from mlflow._storage.sql.run_rows import no_run
from mlflow._storage.sql.search_logged_models import LoggedModelSearch
from mlflow._storage.sql.settings import SqlSettings
from mlflow._storage.validation import (
    check_experiment_id,
    check_logged_model_name,
    check_max_results,
    check_new_id,
    check_pairs,
    check_text,
)
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.entities.metric import Metric
from mlflow.exceptions import InvalidParameterValue, ResourceConflict, ResourceDoesNotExist

MAX_PAGE = 50_000
_COLUMNS = (
    "m.id, m.uuid, m.experiment, m.name, m.status, m.status_message, m.model_type, m.created_ms, m.updated_ms, "
    "(SELECT r.uuid FROM run r WHERE r.id = m.source_run), "
    "(SELECT e.root FROM experiment e WHERE e.id = COALESCE(m.home, m.experiment)), "
    "(SELECT e.location FROM experiment e WHERE e.id = COALESCE(m.home, m.experiment))"
)
_PAIR = {"model": "bigint", "name": "text", "value": "text", "number": "double precision"}
_PARAMS = Columns("logged_model_param", **_PAIR)
_TAGS = Columns("logged_model_tag", **_PAIR)
_CHUNK = 500


class SqlLoggedModels:
    """Logged models in SQL.

    Args:
        engine: The database.
        settings: Where artifacts are.
        guards: What refuses to delete models that are needed.
    """

    def __init__(self, engine: Engine, settings: SqlSettings, guards: Guards) -> None:
        self._engine = engine
        self._settings = settings
        self._guards = guards

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
        wanted = None if model_id is None else check_new_id(model_id.removeprefix("m-"))
        experiment = check_experiment_id(experiment_id)
        check_logged_model_name(name)
        check_text(model_type or "", "model_type")
        check_pairs(params, "params")
        check_pairs(tags, "tags")

        def work(cx: Connection) -> LoggedModel:
            if wanted is not None and (
                same := self._find_same(cx, wanted, experiment_id, name, source_run_id)
            ):
                return same
            hold_active_experiment(cx, self._engine.dialect, experiment)
            run = None
            if source_run_id:
                run = find_number(cx, source_run_id)
                if run is None or cx.one("SELECT 1 FROM run WHERE id = ?", (run,)) is None:
                    raise no_run(source_run_id)
            number = self._insert(cx, experiment, name or random_name(), model_type, run, wanted)
            if number is None:
                assert wanted is not None  # nothing else keeps a number from being found
                raise ResourceConflict(f"The id {model_id!r} is being taken by another call; try again")
            cx.insert(_PARAMS, _pairs(number, params or {}))
            cx.insert(_TAGS, _pairs(number, tags or {}))
            return self._read(cx, number)

        return self._engine.write(work)

    def get(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        with self._engine.snapshot() as cx:
            number = model_number(cx, model_id) if allow_deleted else find_model(cx, model_id)
            rows = (
                []
                if number is None
                else cx.all(f"SELECT {_COLUMNS} FROM logged_model m WHERE m.id = ?", (number,))
            )
            if not rows:
                raise no_model(model_id)
            return self._entities(cx, rows)[0]

    def finalize(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        def work(cx: Connection) -> LoggedModel:
            number = _existing(cx, model_id)
            cx.run(
                "UPDATE logged_model SET status = ?, updated_ms = ? WHERE id = ?",
                (status.to_int(), now_ms(), number),
            )
            return self._read(cx, number)

        return self._engine.write(work)

    def delete(self, model_id: str) -> None:
        def work(cx: Connection) -> None:
            number = model_number(cx, model_id)
            if number is None or cx.one("SELECT 1 FROM logged_model WHERE id = ?", (number,)) is None:
                raise no_model(model_id)
            self._guards.check_logged_model(cx, model_id)
            now = now_ms()
            cx.run(
                "UPDATE logged_model SET deleted_ms = ?, updated_ms = ? WHERE id = ? AND deleted_ms IS NULL",
                (now, now, number),
            )

        self._engine.write(work)

    def set_tags(self, model_id: str, tags: Mapping[str, str]) -> None:
        check_pairs(tags, "tags")

        def work(cx: Connection) -> None:
            number = _existing(cx, model_id)
            cx.insert(
                _TAGS,
                _pairs(number, tags),
                "ON CONFLICT (model, name) DO UPDATE SET value = excluded.value, number = excluded.number",
            )
            cx.run("UPDATE logged_model SET updated_ms = ? WHERE id = ?", (now_ms(), number))

        self._engine.write(work)

    def delete_tag(self, model_id: str, key: str) -> None:
        def work(cx: Connection) -> None:
            number = _existing(cx, model_id)
            if not cx.run("DELETE FROM logged_model_tag WHERE model = ? AND name = ?", (number, key)):
                raise ResourceDoesNotExist(f"No tag with key {key!r} found for model with ID {model_id!r}.")

        self._engine.write(work)

    def log_params(self, model_id: str, params: Mapping[str, str]) -> None:
        check_pairs(params, "params")

        def work(cx: Connection) -> None:
            number = _existing(cx, model_id)
            stored = {
                row[0]: row[1]
                for row in cx.all("SELECT name, value FROM logged_model_param WHERE model = ?", (number,))
            }
            for key, value in params.items():
                if key in stored and stored[key] != value:
                    raise InvalidParameterValue(
                        f"Changing param values is not allowed. Param with key='{key}' was already logged with "
                        f"value='{stored[key]}' for model ID='{model_id}'. Attempted logging new value '{value}'."
                    )
            cx.insert(
                _PARAMS,
                _pairs(number, {key: value for key, value in params.items() if key not in stored}),
            )

        self._engine.write(work)

    def search(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Sequence[DatasetFilter] = (),
        max_results: int = 50,
        order_by: Sequence[ModelOrder] = (),
        page_token: str | None = None,
    ) -> Page[LoggedModel]:
        check_max_results(max_results, MAX_PAGE)
        experiments = sorted({check_experiment_id(experiment_id) for experiment_id in experiment_ids})
        with self._engine.snapshot() as cx:
            search = LoggedModelSearch(self._engine, cx, datasets)
            query = search.query(experiments, filter_string, order_by)
            rows, token = query.page(cx, _COLUMNS, max_results, page_token)
            return Page(self._entities(cx, rows), token)

    def _find_same(
        self, cx: Connection, number: int, experiment_id: str, name: str | None, source_run_id: str | None
    ) -> LoggedModel | None:
        """The model that was made by the same call before.

        Raises:
            ResourceConflict: Another model has its number.
        """
        if cx.one("SELECT 1 FROM logged_model WHERE id = ?", (number,)) is None:
            return None
        model = self._read(cx, number)
        same_run = model.source_run_id == (source_run_id or None)
        if model.experiment_id == str(experiment_id) and name in (None, model.name) and same_run:
            return model
        raise ResourceConflict(f"Another model has the id {model.model_id} already; make a new one")

    def _insert(
        self,
        cx: Connection,
        experiment: int,
        name: str,
        model_type: str | None,
        run: int | None,
        wanted: int | None,
    ) -> int | None:
        """Inserts the row of a model; returns its number, `None` when the wanted one has just been taken."""
        now = now_ms()
        while True:  # two models that are made in the same millisecond may draw the same number
            number = new_number() if wanted is None else wanted
            if cx.run(
                "INSERT INTO logged_model (id, experiment, name, status, model_type, source_run, created_ms, "
                "updated_ms, uuid) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (
                    number, experiment, name, LoggedModelStatus.PENDING.to_int(), model_type, run, now, now,
                    id_of_number(number),
                ),
            ):  # fmt: skip
                return number
            if wanted is not None:
                return None

    def _read(self, cx: Connection, number: int) -> LoggedModel:
        return self._entities(cx, cx.all(f"SELECT {_COLUMNS} FROM logged_model m WHERE m.id = ?", (number,)))[
            0
        ]

    def _entities(self, cx: Connection, rows: Sequence[Row]) -> list[LoggedModel]:
        numbers = [row[0] for row in rows]
        params: dict[int, dict[str, str]] = {number: {} for number in numbers}
        tags: dict[int, dict[str, str]] = {number: {} for number in numbers}
        metrics: dict[int, dict[tuple[str, str, str, str], Metric]] = {number: {} for number in numbers}
        uuids = {row[0]: row[1] for row in rows}
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            for kind, target in (("param", params), ("tag", tags)):
                for number, name, value in cx.all(
                    f"SELECT model, name, value FROM logged_model_{kind} WHERE model IN ({marks}) ORDER BY 1, 2",
                    chunk,
                ):
                    target[number][name] = value
            for number, name, run, dataset, digest, ts, step, value in cx.all(
                "SELECT x.model, x.name, r.uuid, x.dataset_name, x.dataset_digest, x.ts, x.step, x.value FROM ("
                "SELECT m.*, ROW_NUMBER() OVER (PARTITION BY model, name, run, dataset_name, dataset_digest "
                f"ORDER BY ts DESC, step DESC) AS place FROM logged_model_metric m WHERE m.model IN ({marks})"
                ") x JOIN run r ON r.id = x.run WHERE x.place = 1 "
                "ORDER BY x.model, x.name, x.run, x.dataset_name, x.dataset_digest",
                chunk,
            ):
                metrics[number][name, run, dataset, digest] = Metric(
                    name,
                    math.nan if value is None else value,
                    ts,
                    step,
                    f"m-{uuids[number]}",
                    dataset or None,
                    digest or None,
                    run,
                )
        return [
            LoggedModel(
                experiment_id=str(experiment),
                model_id=f"m-{uuid}",
                name=name,
                artifact_location=(
                    f"{self._settings.given_out(cx, root, location).rstrip('/')}/models/m-{uuid}/artifacts"
                ),
                creation_timestamp=created,
                last_updated_timestamp=updated,
                model_type=model_type,
                source_run_id=source_run,
                status=status,
                status_message=message,
                tags=tags[number],
                params=params[number],
                metrics=list(metrics[number].values()),
            )
            for (
                number, uuid, experiment, name, status, message, model_type, created, updated, source_run, root,
                location,
            ) in rows
        ]  # fmt: skip


def _existing(cx: Connection, model_id: str) -> int:
    number = find_model(cx, model_id)
    if number is None:
        raise no_model(model_id)
    return number


def _pairs(model: int, pairs: Mapping[str, str]) -> list[tuple[object, ...]]:
    return [(model, key, value, number_of(value)) for key, value in sorted(pairs.items())]
