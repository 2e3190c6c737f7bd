"""Documents: what runs logged, as the JSON of the wire, made once and kept until the next write."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from mlflow._storage.sql import inbox
from mlflow._storage.sql.connection import Columns, Connection, Row
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.folding import fold_soon
from mlflow._storage.sql.run_rows import lock_runs
from mlflow._wire.runs import run_body
from mlflow.entities.dataset import Dataset
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_data import RunData
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput, RunInputs
from mlflow.entities.run_outputs import LoggedModelOutput, RunOutputs
from mlflow.entities.tag import InputTag, RunTag

_DOCUMENTS = Columns("run_document", run="bigint", body="bytea")
_CHUNK = 500


def keep_documents(engine: Engine, cx: Connection, runs: Sequence[int]) -> None:
    """Makes the documents of runs and keeps them. Needs a writing transaction."""
    for chunk in _chunks(sorted(runs)):
        # Nobody may write to the runs between reading them and keeping what was read.
        locked = lock_runs(cx, engine.dialect, chunk)
        cx.insert(
            _DOCUMENTS,
            sorted(_make_some(cx, engine, list(locked)).items()),
            "ON CONFLICT (run) DO UPDATE SET body = excluded.body",
        )


def make_bodies(cx: Connection, engine: Engine, runs: Sequence[int]) -> dict[int, bytes]:
    """Documents of runs, from the tables."""
    found: dict[int, bytes] = {}
    for chunk in _chunks(runs):
        found.update(_make_some(cx, engine, chunk))
    return found


def latest_points(cx: Connection, runs: Sequence[int]) -> dict[int, list[Row]]:
    """The latest point of every series of at most 500 runs, as (run, key, value, ts, step); NaN is `None`."""
    return _latest(
        cx.all(
            f"SELECT run, key, value, ts, step FROM metric WHERE run IN ({_marks(runs)}) ORDER BY run, key",
            runs,
        ),
        inbox.waiting(cx, runs),
    )


def _make_some(cx: Connection, engine: Engine, runs: Sequence[int]) -> dict[int, bytes]:
    """Documents of at most 500 runs; a fixed number of statements for any number of runs."""
    marks = _marks(runs)
    metrics = latest_points(cx, runs)
    fold_soon(engine, engine.arrivals.read())
    params = _by_run(
        cx.all(f"SELECT run, key, value FROM param WHERE run IN ({marks}) ORDER BY run, key", runs)
    )
    tags = _by_run(cx.all(f"SELECT run, key, value FROM tag WHERE run IN ({marks}) ORDER BY run, key", runs))
    datasets = _by_run(
        cx.all(
            "SELECT rd.run, d.id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile FROM run_dataset rd "
            f"JOIN dataset d ON d.id = rd.dataset WHERE rd.run IN ({marks}) ORDER BY rd.run, d.id",
            runs,
        )
    )
    dataset_tags: dict[tuple[int, int], list[InputTag]] = defaultdict(list)
    if datasets:
        for run, dataset, name, value in cx.all(
            f"SELECT run, dataset, name, value FROM run_dataset_tag WHERE run IN ({marks}) ORDER BY 1, 2, 3",
            runs,
        ):
            dataset_tags[run, dataset].append(InputTag(name, value))
    models = _by_run(
        cx.all(
            "SELECT rm.run, rm.made, m.uuid, rm.step FROM run_model rm JOIN logged_model m ON m.id = rm.model "
            f"WHERE rm.run IN ({marks}) ORDER BY rm.run, rm.made, rm.step, m.id",
            runs,
        )
    )
    used = {row[1] for group in (metrics, params, tags) for rows in group.values() for row in rows}
    names = engine.keys.names(cx, used)
    return {
        run: run_body(
            RunData(
                [
                    Metric(names[key], math.nan if value is None else value, ts, step)
                    for _, key, value, ts, step in metrics[run]
                ],
                [Param(names[key], value) for _, key, value in params[run]],
                [RunTag(names[key], value) for _, key, value in tags[run]],
            ),
            RunInputs(
                [
                    DatasetInput(Dataset(*fields), dataset_tags[run, number])
                    for _, number, *fields in datasets[run]
                ],
                [LoggedModelInput(f"m-{uuid}") for _, made, uuid, _ in models[run] if not made],
            ),
            RunOutputs([LoggedModelOutput(f"m-{uuid}", step) for _, made, uuid, step in models[run] if made]),
        )
        for run in runs
    }


def _latest(stored: Sequence[Row], arrived: inbox.Arrived) -> dict[int, list[Row]]:
    """Latest points of the series of each run, those included that no summary knows yet."""
    if not arrived:
        return _by_run(stored)
    ranks = {
        (run, key): (step, ts, 0.0, 1) if value is None else (step, ts, value, 0)
        for run, key, value, ts, step in stored
    }
    for run, series in arrived.items():
        for key, points in series.items():
            newest = points[-1]
            ranks[run, key] = max(ranks.get((run, key), newest), newest)
    return _by_run(
        [
            (run, key, None if nan else value, ts, step)
            for (run, key), (step, ts, value, nan) in sorted(ranks.items())
        ]
    )


def _by_run(rows: Sequence[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped


def _chunks(runs: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(runs), _CHUNK):
        yield runs[start : start + _CHUNK]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
