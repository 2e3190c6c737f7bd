"""Databases with many runs, filled in bulk: what a user has after a year, in a minute.

Both sides get the same runs, written straight into the tables that their own software made: ours through the storage
layer's bulk inserts, MLflow's through SQL.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.sides import Side, environment
from mlflow._base.ids import id_of_number, new_number
from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.connection import Columns, Connection
from mlflow._storage.sql.folding import settle
from mlflow._storage.sql.inbox import encode
from mlflow._storage.sql.params import number_of
from mlflow._storage.sql.store import SqlStore
from mlflow._wire.runs import run_body
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_data import RunData
from mlflow.entities.run_inputs import RunInputs
from mlflow.entities.run_outputs import RunOutputs
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import RunTag

FIRST_MS = 1_700_000_000_000
RARE_METRIC = "rare"
RARE_EVERY = 2_500
"""One run in so many has the rare metric."""
MARKED_EVERY = 100
"""One run in so many has a note that is marked."""
_CHUNK = 5_000
_WORDS = "amber brave calm deft eager fond glad high idle just keen late mild neat open pale quick rare soft tidy".split()
_FINISHED = RunStatus.from_string("FINISHED")

_RUNS = Columns(
    "run", id="bigint", experiment="bigint", name="text", user_id="text", status="smallint", start_ms="bigint",
    end_ms="bigint", uuid="text",
)  # fmt: skip
_INBOX = Columns("metric_inbox", run="bigint", data="bytea")
_PARAMS = Columns(
    "param", run="bigint", key="bigint", experiment="bigint", value="text", number="double precision"
)
_TAGS = Columns(
    "tag", run="bigint", key="bigint", experiment="bigint", value="text", number="double precision"
)
_DOCUMENTS = Columns("run_document", run="bigint", body="bytea")


class FilledRun(NamedTuple):
    """A run as it is filled in."""

    name: str
    user: str
    start_ms: int
    metrics: dict[str, float]
    params: dict[str, str]
    tags: dict[str, str]


def filled_runs(count: int) -> Iterator[FilledRun]:
    """Runs with 10 metrics, 10 parameters and 6 tags each, the same ones every time."""
    pick = random.Random(20_26)
    for number in range(count):
        name = f"{pick.choice(_WORDS)}-{pick.choice(_WORDS)}-{number}"
        user = pick.choice(("ann", "bob", "cid", "dee"))
        metrics = {f"m{i}": pick.random() for i in range(10)}
        if number % RARE_EVERY == 0:
            metrics[RARE_METRIC] = pick.random()
        params = {
            "optimizer": pick.choice(("adam", "sgd", "rmsprop")),
            "lr": f"{10 ** pick.uniform(-5, -1):.3g}",
            "depth": str(pick.randrange(2, 50)),
            "seed": str(number),
            **{f"p{i}": str(pick.randrange(10**i)) for i in range(6)},
        }
        note = f"{'marked ' if number % MARKED_EVERY == 0 else ''}{pick.choice(_WORDS)} {pick.choice(_WORDS)}"
        tags = {
            "mlflow.runName": name,
            "mlflow.user": user,
            "mlflow.source.name": "train.py",
            "mlflow.source.type": "LOCAL",
            "team": pick.choice(("red", "green", "blue")),
            "note": note,
        }
        yield FilledRun(name, user, FIRST_MS + number * 60_000, metrics, params, tags)


def fill_headrace(uri: str, count: int) -> None:
    """Puts runs into the default experiment of a new store."""
    store = open_sql_store(uri)
    try:
        with _without_indexes(store):
            numbers = sorted({new_number() - (i << 22) for i in range(count)})
            runs = filled_runs(count)
            for start in range(0, count, _CHUNK):
                chunk = list(zip(numbers[start : start + _CHUNK], runs, strict=False))
                store.engine.write(lambda cx, chunk=chunk: _insert(cx, store, chunk))  # type: ignore[misc]  # mypy cannot infer defaults of lambdas
                settle(store.engine)
        _analyze(store)
    finally:
        store.close()


def _insert(cx: Connection, store: SqlStore, chunk: Sequence[tuple[int, FilledRun]]) -> None:
    names = {name for _, run in chunk for group in (run.metrics, run.params, run.tags) for name in group}
    keys = store.engine.keys.numbers(cx, names)
    cx.insert(
        _RUNS,
        [
            (
                number,
                0,
                run.name,
                run.user,
                _FINISHED,
                run.start_ms,
                run.start_ms + 30_000,
                id_of_number(number),
            )
            for number, run in chunk
        ],
    )
    cx.insert(
        _INBOX,
        [
            (
                number,
                encode(
                    [keys[key] for key in found],
                    [1] * len(found),
                    [run.start_ms] * len(found),
                    found.values(),
                ),
            )
            for number, run in chunk
            if (found := run.metrics)
        ],
    )
    for columns, group in ((_PARAMS, "params"), (_TAGS, "tags")):
        rows = [
            (number, keys[key], 0, value, number_of(value))
            for number, run in chunk
            for key, value in getattr(run, group).items()
        ]
        cx.insert(columns, sorted(rows))
    cx.insert(_DOCUMENTS, [(number, _document(run)) for number, run in chunk])


def _document(run: FilledRun) -> bytes:
    data = RunData(
        [Metric(key, value, run.start_ms, 1) for key, value in run.metrics.items()],
        [Param(key, value) for key, value in run.params.items()],
        [RunTag(key, value) for key, value in run.tags.items()],
    )
    return run_body(data, RunInputs([], []), RunOutputs([]))


@contextmanager
def _without_indexes(store: SqlStore) -> Iterator[None]:
    """Drops the indexes of the tables that are filled, and makes them again afterwards, which is many times faster."""
    question = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if store.engine.dialect.fast_reads
        else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE 'CREATE UNIQUE%'"
    )
    with store.engine.reading() as cx:
        indexes = cx.all(question)
    store.engine.write(lambda cx: [cx.run(f"DROP INDEX {name}") for name, _ in indexes])
    yield
    store.engine.write(lambda cx: [cx.run(text) for _, text in indexes])


def _analyze(store: SqlStore) -> None:
    """What the engine's own housekeeping does sooner or later."""
    if not store.engine.dialect.fast_reads:
        with store.engine.reading() as cx:
            cx.run("VACUUM ANALYZE")


def fill_mlflow(side: Side, path: Path, count: int) -> None:
    """Puts the same runs into the default experiment of a new SQLite database of MLflow's."""
    subprocess.run(
        [side.python, "-c", _OPEN, f"sqlite:///{path}"],
        cwd=path.parent,
        env=environment(),
        check=True,
        capture_output=True,
    )
    with closing(sqlite3.connect(path)) as db:
        runs = filled_runs(count)
        numbers = range(count)
        for number, run in zip(numbers, runs, strict=True):
            run_id = f"{number:032x}"
            db.execute(
                "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, "
                "end_time, source_version, lifecycle_stage, artifact_uri, experiment_id) "
                "VALUES (?, ?, 'UNKNOWN', '', '', ?, 'FINISHED', ?, ?, '', 'active', ?, 0)",
                (
                    run_id,
                    run.name,
                    run.user,
                    run.start_ms,
                    run.start_ms + 30_000,
                    f"mlruns/0/{run_id}/artifacts",
                ),
            )
            metrics = [(key, value, run.start_ms, run_id) for key, value in run.metrics.items()]
            for table in ("metrics", "latest_metrics"):
                db.executemany(
                    f"INSERT INTO {table} (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, 1, 0)",
                    metrics,
                )
            for table, group in (("params", run.params), ("tags", run.tags)):
                db.executemany(
                    f"INSERT INTO {table} (key, value, run_uuid) VALUES (?, ?, ?)",
                    [(key, value, run_id) for key, value in group.items()],
                )
        db.commit()


_OPEN = "import sys, mlflow; mlflow.MlflowClient(sys.argv[1]).get_experiment('0')"
