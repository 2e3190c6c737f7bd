"""The number of statements of a call does not grow with the number of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from mlflow._storage.sql.connection import Columns, Row, Update
from mlflow._storage.sql.dialects import OwnedConnection
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.dataset import Dataset
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.entities.tag import ExperimentTag, InputTag, RunTag


class Statements(list[str]):
    """Statements in the order in which they were run.

    Attributes:
        seen: The last parameters of every statement that was ever run.
        rows: How many rows they answered.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, tuple[object, ...]] = {}
        self.rows = 0


class Counting:
    """A connection that counts what it is asked for."""

    _connection: OwnedConnection
    _counts: Statements

    def __init__(self, connection: OwnedConnection, counts: Statements) -> None:
        self.__dict__.update(_connection=connection, _counts=counts)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._connection, name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        self._counts.append(sql)
        self._counts.seen[sql] = tuple(parameters)
        rows = self._connection.all(sql, parameters)
        self._counts.rows += len(rows)
        return rows

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        self._counts.append(sql)
        self._counts.seen[sql] = tuple(parameters)
        return self._connection.one(sql, parameters)

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        self._counts.append(sql)
        return self._connection.run(sql, parameters)

    def insert(self, columns: Columns, rows: Iterable[Sequence[object]], on_conflict: str = "") -> int:
        self._counts.append(f"INSERT INTO {columns.table}")
        return self._connection.insert(columns, rows, on_conflict)

    def update(self, update: Update, rows: Sequence[Sequence[object]]) -> int:
        self._counts.append(f"UPDATE {update.table}")
        return self._connection.update(update, rows)


@contextmanager
def counting(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SqlStore, Statements]]:
    """A second store on the same database, whose statements are counted."""
    counts = Statements()
    dialect = store.engine.dialect
    connect = dialect.connect
    monkeypatch.setattr(dialect, "connect", lambda *, write: Counting(connect(write=write), counts))
    counted = SqlStore(dialect, store.uri, "unused")
    counts.clear()
    try:
        yield counted, counts
    finally:
        counted.close()


def metrics(count: int, *, keys: int, start: int = 0, model: str | None = None) -> list[Metric]:
    return [Metric(f"m{i % keys}", i / 7, start + i, start + i // keys, model) for i in range(count)]


def test_calls_need_as_many_statements_for_many_rows_as_for_few(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def new_run(_: int) -> str:
        return store.runs.create("0").info.run_id

    def model(_: int) -> str:
        return store.logged_models.create("0").model_id

    models = [model(i) for i in range(40)]
    filled = [new_run(i) for i in range(40)]
    for number, run in enumerate(filled):
        store.runs.log_batch(run, metrics(40, keys=40), [Param("p", "1")], [RunTag("t", str(number))])
        store.inputs.log_inputs(
            run, [DatasetInput(Dataset(f"d{number}", "1", "l", "s"), [InputTag("k", "v")])]
        )
        store.inputs.log_outputs(run, [LoggedModelOutput(models[number], 1)])
    long_run = new_run(0)
    for start in range(0, 6000, 1000):
        store.runs.log_batch(long_run, metrics(1000, keys=1, start=start))
    calls: dict[str, Callable[[int, str], object]] = {
        "new series": lambda n, run: store.runs.log_batch(run, metrics(n, keys=n)),
        "one series": lambda n, run: store.runs.log_batch(run, metrics(n, keys=1)),
        "again": lambda n, run: store.runs.log_batch(filled[0], metrics(n, keys=n)),
        "late": lambda n, run: store.runs.log_batch(long_run, metrics(n, keys=1, start=100)),
        "params": lambda n, run: store.runs.log_batch(run, (), [Param(f"p{i}", "1") for i in range(n)]),
        "tags": lambda n, run: store.runs.log_batch(run, (), (), [RunTag(f"t{i}", "1") for i in range(n)]),
        "create": lambda n, run: store.runs.create("0", tags=[RunTag(f"t{i}", "1") for i in range(n)]),
        "experiment": lambda n, run: store.experiments.create(
            f"e{n}", None, [ExperimentTag(f"t{i}", "") for i in range(n)]
        ),
        "datasets": lambda n, run: store.inputs.log_inputs(
            run, [DatasetInput(Dataset(f"x{i}", "1", "l", "s")) for i in range(n)]
        ),
        "model inputs": lambda n, run: store.inputs.log_inputs(
            run, (), [LoggedModelInput(m) for m in models[:n]]
        ),
        "model outputs": lambda n, run: store.inputs.log_outputs(
            run, [LoggedModelOutput(m, 0) for m in models[:n]]
        ),
        "model metrics": lambda n, run: store.runs.log_batch(
            run, [Metric("m", 1.0, 1, 0, m) for m in models[:n]]
        ),
        "search": lambda n, run: store.runs.search(["0"], max_results=n, order_by=["metrics.m1 DESC"]),
        "search models": lambda n, run: store.logged_models.search(["0"], max_results=n),
        "model tags": lambda n, run: store.logged_models.set_tags(models[0], {f"t{i}": "" for i in range(n)}),
        "model params": lambda n, run: store.logged_models.create(
            "0", params={f"t{i}": "" for i in range(n)}
        ),
        "history": lambda n, run: store.metrics.history(long_run, "m0", n),
    }
    with counting(store, monkeypatch) as (store, counts):
        for name, call in calls.items():
            used = []
            for size in (2, 40):
                run = new_run(0)
                call(size, run)  # names become known
                run = new_run(0)
                counts.clear()
                call(size + 1 if name == "experiment" else size, run)
                used.append(len(counts))
            assert used[1] <= used[0] + 1, (name, used, counts)
            assert used[1] <= 14, (name, counts)


def test_a_page_of_many_runs_is_read_with_few_statements(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(120):
        store.runs.log_batch(store.runs.create("0").info.run_id, metrics(3, keys=3, start=number))
    with counting(store, monkeypatch) as (store, counts):
        for most in (22, 14):  # the first search takes the points out of the inbox
            counts.clear()
            assert len(store.runs.search(["0"], "metrics.m1 >= 0", order_by=["metrics.m2"])) == 120
            assert len(counts) <= most, counts
        counts.clear()
        run_id = store.runs.search(["0"], max_results=1)[0].info.run_id
        store.runs.update(run_id, status=3)
        counts.clear()
        store.runs.get(run_id)
        assert len(counts) == 1, counts
