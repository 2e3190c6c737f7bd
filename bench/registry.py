"""What is measured of a model registry: many models, and a long ledger."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.load import post
from bench.rows import Row
from bench.sides import Side, empty_folder, environment, server

MODELS = 10_000
VERSIONS = 10
_FILL = """
import sys
from mlflow._storage.open import open_sql_store

store = open_sql_store(sys.argv[1])
for start in range(0, {models}, 100):

    def fill(_, start=start):
        for number in range(start, start + 100):
            name = f"model-{{number:05}}"
            store.registered_models.create(name, {{"team": f"t{{number % 1000}}"}})
            for version in range({versions}):
                store.model_versions.create(name, f"s3://b/{{number}}/{{version}}", tags={{"u": f"{{number}}-{{version}}"}})

    store.engine.write(fill)
"""
_LEDGER = """
import json, sys, time
from mlflow._storage.open import open_sql_store

store = open_sql_store(sys.argv[1])
store.registered_models.create("busy")
for _ in range(20):
    store.model_versions.create("busy", "s3://b/k")


def move(_):
    for number in range(2000):
        stage = ("Staging", "Production", "Archived")[number % 3]
        store.model_versions.transition_stage("busy", str(number % 20 + 1), stage)


for _ in range(50):
    store.engine.write(move)
seq = store.decisions.anchor().seq
middle = store.decisions.get(seq // 2).timestamp


def seconds(work, times):
    figures = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        figures.append(time.perf_counter() - begin)
    return sorted(figures)[times // 2]


print(json.dumps({
    "events": seq,
    "as_of": seconds(lambda: store.decisions.state_at("busy", middle), 21),
    "verify": seconds(store.decisions.verify, 3),
}))
"""


def registry(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """A registry of 10,000 models with 10 versions each; the ledger has no counterpart, so its targets are absolute."""
    del theirs
    searches, ratios, as_ofs, rates = [], [], [], []
    for _ in range(rounds):
        with empty_folder() as folder:
            _python(ours, folder, _FILL.format(models=MODELS, versions=VERSIONS), "sqlite:///mlflow.db")
            with server(ours, folder) as running:
                searches.append(
                    _milliseconds(lambda: _get(running.address, "model-versions", "tags.u = '77-3'"))
                )
                searches.append(
                    _milliseconds(lambda: _get(running.address, "registered-models", "tags.team = 't77'"))
                )
                tag = _milliseconds(lambda: _tag(running.address))
                ratios.append(_milliseconds(lambda: _move(running.address)) / tag)
        with empty_folder() as folder:
            figures = json.loads(_python(ours, folder, _LEDGER, "sqlite:///mlflow.db"))
            as_ofs.append(figures["as_of"] * 1000)
            rates.append(figures["events"] / figures["verify"])
    yield Row("search by tag among 10,000 models of 10 versions (limit: 20 ms)", "ms", max(searches), 20, 1)
    yield Row("transition, in tag writes (limit: 2)", "", statistics.median(ratios), 2, 1)
    yield Row(
        "state as of a time among 100,000 events (limit: 10 ms)", "ms", statistics.median(as_ofs), 10, 1
    )
    yield Row(
        "verify the ledger (limit: 50,000 events/s)",
        "1/s",
        statistics.median(rates),
        50_000,
        1,
        more_is_better=True,
    )


def _python(side: Side, folder: Path, script: str, *arguments: str) -> str:
    done = subprocess.run(
        [side.python, "-c", script, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _get(address: str, noun: str, filter_string: str) -> None:
    from urllib.parse import urlencode
    from urllib.request import urlopen

    with urlopen(f"{address}/api/2.0/mlflow/{noun}/search?{urlencode({'filter': filter_string})}") as answer:
        assert len(answer.read()) > 50


def _tag(address: str) -> None:
    value = str(time.time_ns())
    post(
        address,
        "/model-versions/set-tag",
        {"name": "model-00001", "version": "1", "key": "x", "value": value},
    )


def _move(address: str) -> None:
    stage = ("Staging", "Archived")[time.time_ns() % 2]
    post(address, "/model-versions/transition-stage", {"name": "model-00001", "version": "2", "stage": stage})


def _milliseconds(call: Callable[[], None], times: int = 51) -> float:
    """Median of one call."""
    figures = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        figures.append(time.perf_counter() - begin)
    return statistics.median(figures) * 1000
