"""Searches of an experiment with many runs, end to end over HTTP."""

from __future__ import annotations

import json
import math
import statistics
import time
import urllib.request
from collections.abc import Iterator
from http.client import RemoteDisconnected
from typing import Any, NamedTuple
from urllib.error import HTTPError

from bench.filling import RARE_METRIC, fill_headrace, fill_mlflow
from bench.rows import Row
from bench.sides import Side, empty_folder, server

OUR_RUNS = 100_000
THEIR_RUNS = 10_000
"""MLflow gets a tenth: some of its searches take minutes even so."""
PAGES = 5
PAGE_RUNS = 1_000
_REPETITIONS = 5
_PATIENCE_SECONDS = 5.0
"""A search that takes longer is not repeated."""
_TIMEOUT_SECONDS = 900.0
_ATTEMPTS = 3


class Search(NamedTuple):
    """A search, and how many times faster it should be than MLflow's of a tenth of the runs.

    Attributes:
        theirs: What MLflow is asked instead, where it has nothing like it.
    """

    name: str
    body: dict[str, Any]
    target: float
    theirs: dict[str, Any] | None = None


SEARCHES = (
    Search("newest 50", {"max_results": 50}, 23),
    Search("first 1,000 runs", {"max_results": 1000}, 44),
    Search("top 50 by metric", {"max_results": 50, "order_by": ["metrics.m0 DESC"]}, 13_300),
    Search(
        "top 50 by the maximum of a metric (theirs: by its last value)",
        {"max_results": 50, "order_by": ["metrics.m0:max DESC"]},
        200,
        {"max_results": 50, "order_by": ["metrics.m0 DESC"]},
    ),
    Search("top 50 by param", {"max_results": 50, "order_by": ["params.lr ASC"]}, 9_800),
    Search(
        "metric and param filter, newest 50",
        {"max_results": 50, "filter": "metrics.m1 > 0.9 AND params.optimizer = 'adam'"},
        47,
    ),
    Search("rare metric, newest 50", {"max_results": 50, "filter": f"metrics.{RARE_METRIC} > 0"}, 19),
    Search("tag LIKE (1 %), newest 50", {"max_results": 50, "filter": "tags.note LIKE '%marked%'"}, 27),
    Search("name LIKE (0.3 %), newest 50", {"max_results": 50, "filter": "run_name LIKE '%amber-calm%'"}, 26),
)


def searches(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Searches over HTTP: ours among 100,000 runs, theirs among 10,000; some of theirs take minutes."""
    with empty_folder() as folder, empty_folder() as other:
        fill_headrace(f"sqlite:///{folder / 'mlflow.db'}", OUR_RUNS)
        fill_mlflow(theirs, other / "mlflow.db", THEIR_RUNS)
        with server(ours, folder) as mine, server(theirs, other) as yours:
            yield from searched(mine.address, yours.address, rounds)


def searched(ours: str, theirs: str, rounds: int) -> Iterator[Row]:
    """The searches, asked of two servers that have been filled; infinite times are those of what theirs refuses."""
    for search in SEARCHES:
        mine = _milliseconds(ours, search.body, rounds)
        try:
            yours = _milliseconds(theirs, search.theirs or search.body, rounds)
        except HTTPError as error:
            error.close()
            yours = math.inf
        yield Row(f"search: {search.name}", "ms", mine, yours, search.target)
    figures = [_pages(address) for address in (ours, theirs)]
    yield Row(f"search: {PAGES} pages of {PAGE_RUNS:,} runs", "ms", figures[0], figures[1], 4.5)


def _milliseconds(address: str, body: dict[str, Any], rounds: int) -> float:
    """Median time of a search."""
    times: list[float] = []
    while len(times) < rounds * _REPETITIONS and sum(times) < _PATIENCE_SECONDS * 1000:
        times.append(_ask(address, body)[0] * 1000)
    return statistics.median(times)


def _pages(address: str) -> float:
    """Time of several pages, one after the other; reading their JSON does not count."""
    token, total = "", 0.0
    for _ in range(PAGES):
        seconds, answer = _ask(address, {"max_results": PAGE_RUNS, "page_token": token})
        total += seconds
        token = json.loads(answer)["next_page_token"]
    return total * 1000


def _ask(address: str, body: dict[str, Any]) -> tuple[float, bytes]:
    """Time and body of an answer."""
    request = urllib.request.Request(
        f"{address}/api/2.0/mlflow/runs/search",
        json.dumps({"experiment_ids": ["0"], **body}).encode(),
        {"Content-Type": "application/json"},
    )
    for attempt in range(_ATTEMPTS):
        started = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
                content: bytes = answer.read()
                return time.perf_counter() - started, content
        except RemoteDisconnected:
            # Servers of several processes replace those that do not answer in time while the machine is busy.
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(5)
    raise AssertionError("unreachable")
