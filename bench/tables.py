"""Tables and orders of an experiment with many runs, on both engines, beside the least that either does for a page."""

from __future__ import annotations

import json
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from bench.filling import fill_headrace
from bench.postgresql import database
from bench.rows import Row
from bench.searches import OUR_RUNS
from bench.sides import Side, empty_folder, server

_REPETITIONS = 5


class Question(NamedTuple):
    """A table that is asked for, and how many times as long as the newest 50 runs it may take."""

    name: str
    body: dict[str, Any]
    most: float


NEWEST = Question("newest 50, three columns", {"columns": ["metrics.m0", "params.lr", "tags.team"]}, 1)
QUESTIONS = (
    *(
        Question(f"top 50 by the {name} of a metric", {"order_by": [f"metrics.m0{suffix} DESC"]}, 4)
        for name, suffix in (
            ("last value", ""), ("maximum", ":max"), ("mean", ":mean"), ("first value", ":first"), ("count", ":count"),
        )
    ),
    Question("metric and param", {"filter": "metrics.m1 > 0.9 AND params.optimizer = 'adam'"}, 6),
    Question("aggregate of a metric", {"filter": "metrics.m1:mean > 0.99"}, 6),
    Question("tag LIKE (1 %)", {"filter": "tags.note LIKE '%marked%'"}, 6),
    Question("name LIKE (0.3 %)", {"filter": "run_name LIKE '%amber-calm%'"}, 6),
    Question(
        "groups by a param, two metrics summed up",
        {"group_by": ["params.optimizer"], "columns": ["metrics.m0", "metrics.m1:max"]},
        60,
    ),
)  # fmt: skip


def tables(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Tables of 100,000 runs over HTTP, on SQLite and on PostgreSQL, beside the newest 50 runs on the same database."""
    del theirs
    for engine in ("SQLite", "PostgreSQL"):
        with _filled(ours, engine, OUR_RUNS) as address:
            yield from asked(address, engine, rounds)


def asked(address: str, engine: str, rounds: int) -> Iterator[Row]:
    """The questions, asked of a server that has been filled."""
    newest = _milliseconds(address, NEWEST.body, rounds)
    for question in QUESTIONS:
        found = _milliseconds(address, question.body, rounds)
        yield Row(
            f"{engine}, table: {question.name} (beside: newest 50)", "ms", found, newest, 1 / question.most
        )


@contextmanager
def _filled(side: Side, engine: str, count: int) -> Iterator[str]:
    with empty_folder() as folder:
        if engine == "SQLite":
            fill_headrace(f"sqlite:///{folder / 'mlflow.db'}", count)
            with server(side, folder) as running:
                yield running.address
            return
        with database() as uri:
            fill_headrace(uri, count)
            with server(side, folder, "--backend-store-uri", uri) as running:
                yield running.address


def _milliseconds(address: str, body: dict[str, Any], rounds: int) -> float:
    request = urllib.request.Request(
        f"{address}/api/1.0/headrace/runs/table",
        json.dumps({"experiment_ids": ["0"], "limit": 50, **body}).encode(),
        {"Content-Type": "application/json"},
    )
    times = []
    for _ in range(rounds * _REPETITIONS):
        started = time.perf_counter()
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
