"""A store with so many runs that every way of finding them is taken, and what its engine does for a statement."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mlflow._storage.sql.search_plan import FEW
from mlflow._storage.sql.store import SqlStore

COUNT = 3 * FEW + 100
"""Enough for more than `FEW` runs with each of three values."""
NAN_KEY = "m9"
TABLES = ("run", "metric", "param", "tag", "run_document", "run_dataset", "dataset")


def assert_indexes_are_used(store: SqlStore, statements: Mapping[str, tuple[object, ...]]) -> None:
    """Fails if a statement reads a table of what runs logged from end to end."""
    for statement, parameters in statements.items():
        if "WHERE FALSE" in statement:
            continue
        for line in plan(store, statement, parameters):
            assert not reads_everything(line, store), (line, statement)


def plan(store: SqlStore, statement: str, parameters: tuple[object, ...]) -> list[str]:
    """How the engine would run a statement, line by line; where it has a choice, by an index."""
    if store.engine.dialect.fast_reads:
        with store.engine.reading() as cx:
            return [row[3] for row in cx.all(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    with store.engine.snapshot() as cx:
        cx.run("SET LOCAL enable_seqscan = off")
        return [row[0] for row in cx.all(f"EXPLAIN {statement}", parameters)]


def reads_everything(line: str, store: SqlStore) -> bool:
    """Whether a line of a plan says that a table is read from end to end."""
    if store.engine.dialect.fast_reads:
        aliases = {"r", "x", "d", "rd", "run", "metric", "param", "tag"}
        found = re.match(r"SCAN (\w+)(?! USING| VIRTUAL)", line)
        return bool(found and found[1] in aliases and " USING " not in line)
    return any(f"Seq Scan on {table} " in line for table in TABLES)
