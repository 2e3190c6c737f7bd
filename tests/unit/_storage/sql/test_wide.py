"""Calls do the same work however much there is that they do not ask for: keys, experiments, metrics, long tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.dialects.sqlite import SqliteConnection
from mlflow._storage.sql.folding import settle
from mlflow._storage.sql.store import SqlStore
from mlflow.entities._tables import RunSet
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.tag import RunTag

PLAIN_RUNS = 60
WIDE_RUNS = 4
METRICS = 5_000
"""Of each wide run; half of them it has in common with the others."""
KEYS = WIDE_RUNS * METRICS // 2 + METRICS // 2
EXPERIMENTS = 5_000
TAG_LENGTH = 8_000
STEPS = 100
"""Steps of SQLite's machine that are counted together."""


class Work(NamedTuple):
    """A store, and how much its engine has worked.

    Attributes:
        store: The store.
        plain: Ids of runs with little in them.
        steps: Steps of SQLite's machine so far.
    """

    store: SqlStore
    plain: list[str]
    steps: list[int]

    def of(self, call: Callable[[SqlStore, list[str]], object]) -> int:
        """Steps of a call; its second run counts, when names are known."""
        call(self.store, self.plain)
        self.steps.clear()
        call(self.store, self.plain)
        return sum(self.steps)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    """A store with few things in it."""
    with closing(_opened(tmp_path_factory.mktemp("narrow"))) as store:
        yield _counted(store, _plain(store))


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    """The same, with much beside it."""
    with closing(_opened(tmp_path_factory.mktemp("wide"))) as store:
        for number in range(WIDE_RUNS):
            _wide(store, number)

        def make(_: Connection) -> None:
            for number in range(EXPERIMENTS):
                store.experiments.create(f"study {number:04}")

        plain = _plain(store)
        store.engine.write(make, alone=True)
        settle(store.engine)
        yield _counted(store, plain)


def _opened(folder: Path) -> SqlStore:
    return open_sql_store(f"sqlite:///{folder / 'store.db'}")


def _plain(store: SqlStore) -> list[str]:
    runs = []
    for number in range(PLAIN_RUNS):
        run_id = store.runs.create("0", start_time=1_000 + number).info.run_id
        metrics = [Metric("acc", number / 7, 1, 0), Metric("loss", 7 / (number + 1), 1, 0)]
        store.runs.log_batch(run_id, metrics, [Param("lr", str(number))], [RunTag("kind", "plain")])
        runs.append(run_id)
    return runs


def _wide(store: SqlStore, number: int) -> None:
    """A run that stands between the plain ones, as it starts among them."""
    run_id = store.runs.create("0", start_time=1_000 + PLAIN_RUNS - 2 * number).info.run_id
    own = number * METRICS // 2
    names = [f"common/{i}" for i in range(METRICS // 2)] + [f"own/{own + i}" for i in range(METRICS // 2)]
    for start in range(0, METRICS, 1000):
        store.runs.log_batch(run_id, [Metric(name, 1.0, 1, 0) for name in names[start : start + 1000]])
    store.runs.log_batch(run_id, (), (), [RunTag(f"long {i}", "x" * TAG_LENGTH) for i in range(20)])


def _counted(store: SqlStore, plain: list[str]) -> Work:
    steps: list[int] = []

    def count() -> int:
        steps.append(STEPS)
        return 0

    settle(store.engine)
    for connection in (store.engine.writer._connected(), store.engine._reader().connection):
        assert isinstance(connection, SqliteConnection)
        connection._raw.set_progress_handler(count, STEPS)
    return Work(store, plain, steps)


CALLS: dict[str, Callable[[SqlStore, list[str]], object]] = {
    "a table of some columns": lambda store, _: store.tables.runs(
        RunSet(["0"]), ["metrics.acc", "metrics.loss:min", "params.lr", "tags.kind"], limit=50
    ),
    "a table in the order of a metric": lambda store, _: store.tables.runs(
        RunSet(["0"]), ["metrics.acc"], ["metrics.acc DESC"], limit=50
    ),
    "a tree": lambda store, _: store.tables.runs(
        RunSet(["0"]), ["metrics.acc"], ["metrics.acc DESC"], tree=True, limit=50
    ),
    "groups": lambda store, _: store.tables.runs(RunSet(["0"]), ["metrics.acc"], group_by=["tags.kind"]),
    "a filter by a metric": lambda store, _: store.runs.search(["0"], "metrics.acc > 3", max_results=50),
    "a filter by a tag": lambda store, _: store.runs.search(
        ["0"], "tags.kind = 'plain'", max_results=50, order_by=["metrics.loss ASC"]
    ),
    "a run": lambda store, plain: store.runs.get(plain[7]),
    "a comparison": lambda store, plain: store.tables.compare(plain[:20]),
    "values of a parameter": lambda store, _: store.tables.values(["0"], "params.lr", "1", 20),
    "values of a tag": lambda store, _: store.tables.values(["0"], "tags.kind", "", 20),
    "an experiment": lambda store, _: store.experiments.get("0"),
    "a history": lambda store, plain: store.metrics.history(plain[7], "acc", 100),
    "a batch": lambda store, plain: store.runs.log_batch(plain[9], [Metric("acc", 1.0, 5, 5)]),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_does_not_work_for_what_it_does_not_ask_for(narrow: Work, wide: Work, name: str) -> None:
    few, many = narrow.of(CALLS[name]), wide.of(CALLS[name])

    # Four more runs, of sixty, and trees that are a little deeper.
    assert many <= few * 1.3 + 20 * STEPS


@pytest.mark.parametrize(
    ("call", "most"),
    [
        (lambda store, _: store.experiments.search(max_results=50), 30 * EXPERIMENTS),
        (lambda store, _: store.tables.experiments(limit=50), 60 * EXPERIMENTS),
        (lambda store, _: store.tables.keys(["0"], "metrics", "acc", 50), 120 * KEYS),
    ],
)
def test_what_has_to_look_at_all_does_little_for_each(
    wide: Work, call: Callable[[SqlStore, list[str]], object], most: int
) -> None:
    assert wide.of(call) < most


def test_a_page_of_keys_says_how_many_there_are(wide: Work) -> None:
    keys = wide.store.tables.keys(["0"], "metrics", "acc", 50)

    assert (keys.total, [fact.key for fact in keys.keys]) == (1, ["acc"])
    assert wide.store.tables.keys(["0"], "metrics", limit=50).total == KEYS + 2
