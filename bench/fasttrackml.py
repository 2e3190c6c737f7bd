"""Beside FastTrackML, a server in Go with the same endpoints."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.filling import FilledRun, fill_headrace, filled_runs
from bench.measures import http
from bench.rows import Row
from bench.searches import OUR_RUNS, searched
from bench.sides import Side, empty_folder, peer_environment, server

VERSION = "0.6.0"
_CHUNK = 5_000


def fasttrackml(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Raw HTTP and searches, beside FastTrackML with as many runs; a ratio of 1 is as good as it is."""
    del theirs
    folder = peer_environment(f"fasttrackml=={VERSION}", program="fml")
    peer = Side("fasttrackml", folder, "fml", "--listen-address=127.0.0.1:{port}")
    for row in _rows(ours, peer, rounds):
        yield row._replace(name=f"{row.name} (beside: FastTrackML {VERSION})", target=1)


def _rows(ours: Side, peer: Side, rounds: int) -> Iterator[Row]:
    yield from http(ours, peer, rounds)
    with empty_folder() as folder, empty_folder() as other:
        fill_headrace(f"sqlite:///{folder / 'mlflow.db'}", OUR_RUNS)
        _fill(peer, other, OUR_RUNS)
        with server(ours, folder) as mine, server(peer, other) as yours:
            yield from searched(mine.address, yours.address, rounds)


def _fill(peer: Side, folder: Path, count: int) -> None:
    """Puts runs into the default experiment, straight into the tables that the program made."""
    with server(peer, folder):
        pass
    with closing(sqlite3.connect(folder / "fasttrackml.db")) as db:
        runs = enumerate(filled_runs(count))
        while chunk := [run for _, run in zip(range(_CHUNK), runs, strict=False)]:
            _insert(db, chunk)
        db.commit()


def _insert(db: sqlite3.Connection, runs: list[tuple[int, FilledRun]]) -> None:
    db.executemany(
        "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, "
        "end_time, source_version, lifecycle_stage, artifact_uri, experiment_id, row_num) "
        "VALUES (?, ?, 'UNKNOWN', '', '', ?, 'FINISHED', ?, ?, '', 'active', ?, 0, ?)",
        [
            (
                f"{number:032x}",
                run.name,
                run.user,
                run.start_ms,
                run.start_ms + 30_000,
                f"artifacts/{number}",
                number,
            )
            for number, run in runs
        ],
    )
    metrics = [
        (key, value, run.start_ms, f"{number:032x}")
        for number, run in runs
        for key, value in run.metrics.items()
    ]
    for table, counter in (("metrics", "iter"), ("latest_metrics", "last_iter")):
        db.executemany(
            f"INSERT INTO {table} (key, value, timestamp, run_uuid, step, is_nan, {counter}, context_id) "
            "VALUES (?, ?, ?, ?, 1, 0, 1, 1)",
            metrics,
        )
    for table, column, group in (("params", "value_str", "params"), ("tags", "value", "tags")):
        db.executemany(
            f"INSERT INTO {table} (key, {column}, run_uuid) VALUES (?, ?, ?)",
            [
                (key, value, f"{number:032x}")
                for number, run in runs
                for key, value in getattr(run, group).items()
            ],
        )
