"""The server against the bare engine: what HTTP, validation, summaries and histories cost on top of durable commits."""

from __future__ import annotations

import json
import sqlite3
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench.load import drive, new_run, request_bytes
from bench.rows import Row
from bench.sides import Side, empty_folder, server

CLIENTS = 32
SECONDS = 4.0
_TABLES = """
CREATE TABLE history (run, key, step, ts, value, PRIMARY KEY (run, key, step, ts, value)) WITHOUT ROWID;
CREATE TABLE latest (run, key, step, ts, value, PRIMARY KEY (run, key)) WITHOUT ROWID;
"""
_UPSERT = "INSERT INTO latest VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET step = excluded.step, ts = excluded.ts, value = excluded.value"


def engine(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """log-batch of 3 metrics over HTTP from 32 clients, beside SQLite doing the same work without a server."""
    del theirs
    served, bare = [], []
    for _ in range(rounds):
        served.append(_served(ours))
        with empty_folder() as folder:
            bare.append(_bare(folder / "bare.db"))
    name = f"log-batch of 3 over HTTP, {CLIENTS} clients (beside: bare SQLite in groups of {CLIENTS})"
    yield Row(name, "/s", statistics.median(served), statistics.median(bare), 0.5, more_is_better=True)


def _served(side: Side) -> float:
    with empty_folder() as folder, server(side, folder) as running:
        return batches_per_second(running.address, [new_run(running.address) for _ in range(CLIENTS)])


def batches_per_second(address: str, runs: Sequence[str]) -> float:
    """Log-batches of 3 metrics that a server takes from as many clients as there are runs."""

    def make(number: int) -> bytes:
        metrics = [
            {"key": key, "value": 0.5, "timestamp": 1_700_000_000_000 + number, "step": number}
            for key in ("a", "b", "c")
        ]
        body = json.dumps({"run_id": runs[number % len(runs)], "metrics": metrics})
        return request_bytes(address, "POST", "/api/2.0/mlflow/runs/log-batch", body.encode())

    prepared = [make(number) for number in range(60_000)]
    return drive(address, len(runs), SECONDS, lambda number: prepared[number % 60_000]).per_second


def _bare(path: Path) -> float:
    """Three rows of history and three upserts a request, each request in a savepoint, 32 requests a commit."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + _TABLES)
        done = 0
        started = time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            db.execute("BEGIN IMMEDIATE")
            for run in range(CLIENTS):
                rows = [(run, key, done, 1_700_000_000_000 + done, 0.5) for key in (1, 2, 3)]
                db.execute("SAVEPOINT request")
                db.executemany("INSERT INTO history VALUES (?, ?, ?, ?, ?)", rows)
                db.executemany(_UPSERT, rows)
                db.execute("RELEASE request")
            db.execute("COMMIT")
            done += CLIENTS
        return done / (time.perf_counter() - started)
