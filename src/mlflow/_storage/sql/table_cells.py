"""Cells of tables: what is asked for of some runs, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from mlflow._search.fields.runs import FIELDS
from mlflow._search.parser import parse_column
from mlflow._search.tree import Aggregate, Entity
from mlflow._storage.interface.tables import MAX_COLUMNS
from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.search import any_of, join_with
from mlflow._storage.sql.search_runs import DATASET_COLUMNS, DATASETS, TABLES, aggregate_of
from mlflow._storage.sql.settings import SqlSettings
from mlflow._storage.validation import check_text
from mlflow.entities._tables import Cell, RunRows
from mlflow.entities.run_status import RunStatus
from mlflow.exceptions import InvalidParameterValue

_BASE = "r.id, r.uuid, r.experiment, r.name, r.status, r.start_ms, r.end_ms, r.user_id"


class ShownColumn(NamedTuple):
    """A column that is asked for.

    Attributes:
        text: As it was asked for.
        entity: What it belongs to.
        key: Name.
        aggregate: What of a metric is meant.
        number: Number of the name; `None` if nothing was ever logged under it, or for attributes.
    """

    text: str
    entity: Entity
    key: str
    aggregate: Aggregate
    number: int | None


def shown_columns(cx: Connection, engine: Engine, texts: Sequence[str]) -> list[ShownColumn]:
    """Columns from their texts, none twice."""
    if len(texts) > MAX_COLUMNS:
        raise InvalidParameterValue(
            f"A table has at most {MAX_COLUMNS:,} columns, got {len(texts):,}: ask for fewer"
        )
    columns = []
    for text in dict.fromkeys(texts):
        found = parse_column(check_text(text, "columns"), FIELDS)
        number = engine.keys.find(cx, found.key) if found.entity in TABLES else None
        columns.append(ShownColumn(text, found.entity, found.key, found.aggregate, number))
    return columns


def run_rows(
    cx: Connection,
    engine: Engine,
    settings: SqlSettings,
    numbers: Sequence[int],
    columns: Sequence[ShownColumn] = (),
) -> RunRows:
    """Rows of runs in the order of their numbers; a fixed number of statements for any number of runs."""
    if not numbers:
        return RunRows(cells={column.text: [] for column in columns})
    chosen = any_of(engine.dialect, "r.id", numbers)
    stored = {
        row[0]: row for row in cx.all(f"SELECT {_BASE} FROM run r WHERE {chosen.text}", chosen.parameters)
    }
    runs = [stored[number] for number in numbers]
    cells: dict[str, list[Cell]] = {}
    for entity, table in TABLES.items():
        wanted = [column for column in columns if column.entity is entity]
        if wanted:
            cells.update(_logged(cx, engine, table, numbers, wanted))
    datasets = [column for column in columns if column.entity is Entity.DATASET]
    if datasets:
        cells.update(_datasets(cx, engine, numbers, datasets))
    cells.update(
        (column.text, _attribute(cx, settings, column.key, runs))
        for column in columns
        if column.entity is Entity.ATTRIBUTE
    )
    return RunRows(
        run_ids=[run[1] for run in runs],
        experiment_ids=[str(run[2]) for run in runs],
        names=[run[3] for run in runs],
        statuses=[RunStatus.to_string(run[4]) for run in runs],
        starts=[run[5] for run in runs],
        ends=[run[6] for run in runs],
        cells={column.text: cells[column.text] for column in columns},
    )


def _logged(
    cx: Connection, engine: Engine, table: str, numbers: Sequence[int], columns: Sequence[ShownColumn]
) -> dict[str, list[Cell]]:
    place = {number: i for i, number in enumerate(numbers)}
    cells: dict[str, list[Cell]] = {column.text: [None] * len(numbers) for column in columns}
    keys = sorted({column.number for column in columns if column.number is not None})
    if not keys:
        return cells
    is_metric = table == "metric"
    aggregates = sorted({column.aggregate for column in columns})
    wanted = ", ".join(aggregate_of("x", aggregate) for aggregate in aggregates) if is_metric else "x.value"
    chosen = join_with(
        "AND", [any_of(engine.dialect, "x.run", numbers), any_of(engine.dialect, "x.key", keys)]
    )
    targets: dict[int, list[tuple[list[Cell], int]]] = {}
    for column in columns:
        if column.number is not None:
            at = 2 + aggregates.index(column.aggregate)
            targets.setdefault(column.number, []).append((cells[column.text], at))
    for row in cx.all(f"SELECT x.run, x.key, {wanted} FROM {table} x WHERE {chosen.text}", chosen.parameters):
        for column_cells, at in targets[row[1]]:
            column_cells[place[row[0]]] = math.nan if is_metric and row[at] is None else row[at]
    return cells


def _datasets(
    cx: Connection, engine: Engine, numbers: Sequence[int], columns: Sequence[ShownColumn]
) -> dict[str, list[Cell]]:
    """Texts of all datasets of a run, those that it used first coming first."""
    place = {number: i for i, number in enumerate(numbers)}
    found: list[list[dict[str, None]]] = [[{} for _ in numbers] for _ in columns]
    chosen = any_of(engine.dialect, "rd.run", numbers)
    wanted = ", ".join(DATASET_COLUMNS[column.key] for column in columns)
    for run, *texts in cx.all(
        f"SELECT rd.run, {wanted} {DATASETS} WHERE {chosen.text} ORDER BY rd.run, d.id", chosen.parameters
    ):
        for i, text in enumerate(texts):
            if text is not None:
                found[i][place[run]][text] = None
    return {column.text: [", ".join(texts) or None for texts in found[i]] for i, column in enumerate(columns)}


def _attribute(cx: Connection, settings: SqlSettings, key: str, runs: Sequence[Row]) -> list[Cell]:
    if key == "status":
        return [RunStatus.to_string(run[4]) for run in runs]
    if key == "artifact_uri":
        numbers = sorted({run[2] for run in runs})
        marks = ", ".join("?" * len(numbers))
        bases = {
            number: settings.given_out(cx, root, location).rstrip("/")
            for number, root, location in cx.all(
                f"SELECT id, root, location FROM experiment WHERE id IN ({marks})", numbers
            )
        }
        return [f"{bases[run[2]]}/{run[1]}/artifacts" for run in runs]
    at = {"run_id": 1, "run_name": 3, "start_time": 5, "end_time": 6, "user_id": 7}[key]
    return [run[at] for run in runs]
