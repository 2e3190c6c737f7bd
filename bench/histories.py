"""Histories of a million points."""

from __future__ import annotations

import json
import math
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from bench.rows import Row
from bench.sides import Side, empty_folder, environment, server
from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.folding import settle
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric

POINTS = 1_000_000
_KEY = "loss"
_START_MS = 1_700_000_000_000
_PAGE = 25_000
_SAMPLES = 320
_OPEN = "import sys, mlflow; print(mlflow.MlflowClient(sys.argv[1]).create_run('0').info.run_id)"
_READ = """
import json, sys, time, logging
logging.disable(logging.INFO)
import mlflow
client = mlflow.MlflowClient(sys.argv[1])
started = time.perf_counter()
points = client.get_metric_history(sys.argv[2], "loss")
print(json.dumps([len(points), time.perf_counter() - started]))
"""


def histories(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """A run with a million points of one metric: its size, and reading it from Python and over HTTP."""
    with empty_folder() as folder, empty_folder() as other:
        run_of_ours, size_of_ours = _fill_ours(folder / "mlflow.db")
        run_of_theirs, size_of_theirs = _fill_theirs(theirs, other / "mlflow.db")
        yield Row("1 M points: bytes a point in the database", "B", size_of_ours, size_of_theirs, 20)
        with closing(open_sql_store(f"sqlite:///{folder / 'mlflow.db'}")) as store:
            columns = _best(rounds, lambda: _columns(store, run_of_ours))
        rows = _best(rounds, lambda: _rows(other / "mlflow.db"))
        yield Row(
            "1 M points: all of them from the database (theirs: their table, by SQL)", "s", columns, rows, 6
        )
        mine = min(_read(ours, folder, run_of_ours) for _ in range(rounds))
        yours = _read(theirs, other, run_of_theirs)
        yield Row("1 M points: get_metric_history from SQLite", "s", mine, yours, 10)
        with server(ours, folder) as a, server(theirs, other) as b:
            pages = (_pages(a.address, run_of_ours), _pages(b.address, run_of_theirs))
            yield Row(f"1 M points over HTTP: all pages of {_PAGE:,}", "s", *pages, 25)
            sampled = (
                _best(rounds, lambda: _sampled(a.address, run_of_ours)),
                _best(rounds, lambda: _sampled(b.address, run_of_theirs)),
            )
            yield Row(f"1 M points over HTTP: {_SAMPLES} samples", "s", *sampled, 225)
            shape = _best(rounds, lambda: _shape(a.address, run_of_ours))
            yield Row(
                "1 M points over HTTP: envelope of 1,000 buckets (theirs: samples)",
                "s",
                shape,
                sampled[1],
                300,
            )


def _points() -> Iterator[tuple[int, int, float]]:
    """Step, time and value: a curve with noise, at uneven times."""
    for step in range(POINTS):
        yield step, _START_MS + 137 * step + step * 31 % 17, math.exp(-step / 3e5) + step * 7919 % 1000 / 1e4


def _fill_ours(path: Path) -> tuple[str, float]:
    store = open_sql_store(f"sqlite:///{path}")
    run_id = store.runs.create("0").info.run_id
    before = path.stat().st_size
    batch: list[Metric] = []
    for step, ts, value in _points():
        batch.append(Metric(_KEY, value, ts, step))
        if len(batch) == 1000:
            store.runs.log_batch(run_id, batch)
            batch = []
    settle(store.engine)
    store.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("VACUUM")
    return run_id, (path.stat().st_size - before) / POINTS


def _fill_theirs(side: Side, path: Path) -> tuple[str, float]:
    """Through SQL, because through their own calls it would take an hour."""
    made = subprocess.run(
        [side.python, "-c", _OPEN, f"sqlite:///{path}"],
        cwd=path.parent, env=environment(), check=True, capture_output=True, text=True,
    )  # fmt: skip
    run_id = made.stdout.split()[-1]
    before = path.stat().st_size
    with closing(sqlite3.connect(path)) as db:
        db.executemany(
            "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)",
            ((_KEY, value, ts, run_id, step) for step, ts, value in _points()),
        )
        db.execute(
            "INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) "
            "SELECT key, value, timestamp, run_uuid, step, 0 FROM metrics ORDER BY step DESC LIMIT 1"
        )
        db.commit()
        db.execute("VACUUM")
    return run_id, (path.stat().st_size - before) / POINTS


def _columns(store: SqlStore, run_id: str) -> None:
    """Reads a history as columns."""
    with store.metrics._series(run_id, _KEY) as series:
        assert series is not None
        assert sum(len(columns.values) for columns in series.columns()) == POINTS


def _rows(path: Path) -> None:
    """Reads a history as rows of the table that MLflow keeps points in."""
    with closing(sqlite3.connect(path)) as db:
        found = db.execute(
            "SELECT value, timestamp, step, is_nan FROM metrics ORDER BY timestamp, step, value"
        )
        assert len(found.fetchall()) == POINTS


def _read(side: Side, folder: Path, run_id: str) -> float:
    done = subprocess.run(
        [side.python, "-c", _READ, f"sqlite:///{folder / 'mlflow.db'}", run_id],
        cwd=folder, env=environment(), check=True, capture_output=True, text=True,
    )  # fmt: skip
    count, seconds = json.loads(done.stdout.splitlines()[-1])
    assert count == POINTS, f"{side.name} gave {count} points"
    return float(seconds)


def _pages(address: str, run_id: str) -> float:
    started = time.perf_counter()
    count, token = 0, ""
    while True:
        query = {"run_id": run_id, "metric_key": _KEY, "max_results": _PAGE}
        reply = _get(address, "get-history", {**query, "page_token": token} if token else query)
        count += reply.count(b'"value"')
        token = str(json.loads(reply).get("next_page_token", ""))
        if not token:
            break
    assert count == POINTS, f"{address} gave {count} points"
    return time.perf_counter() - started


def _sampled(address: str, run_id: str) -> None:
    query = {"run_ids": run_id, "metric_key": _KEY, "max_results": _SAMPLES}
    points = json.loads(_get(address, "get-history-bulk-interval", query))["metrics"]
    assert len(points) >= _SAMPLES, len(points)


def _shape(address: str, run_id: str) -> None:
    body = {"series": [{"run_id": run_id, "key": _KEY}], "buckets": 1000}
    request = urllib.request.Request(
        f"{address}/api/1.0/headrace/metrics/series",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        (shape,) = json.load(answer)["series"]
    assert shape["n"] == POINTS
    assert len(shape["x"]) > 900


def _get(address: str, endpoint: str, query: dict[str, object]) -> bytes:
    url = f"{address}/ajax-api/2.0/mlflow/metrics/{endpoint}?{urlencode(query)}"
    with urllib.request.urlopen(url, timeout=600) as answer:
        content: bytes = answer.read()
        return content


def _best(rounds: int, work: Callable[[], None]) -> float:
    """The shortest of several times; the first, with cold caches, is one of them."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
