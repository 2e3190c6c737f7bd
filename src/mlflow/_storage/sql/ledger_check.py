"""Checking the ledger of a database, and that the state of the registry follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mlflow._ledger.chain import Chain, Problem
from mlflow._ledger.events import Event, Stored
from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.dialects import OwnedConnection
from mlflow._storage.sql.dialects.sqlite import SqliteDialect
from mlflow._storage.sql.registry_state import TABLES, apply_event
from mlflow._storage.sql.schema import migrations, rendered
from mlflow.entities.model_registry.ledger_check import LedgerAnchor, LedgerCheck

_BATCH = 2000


def check_ledger(
    cx: Connection, anchors: Sequence[LedgerAnchor] = (), *, with_state: bool = False
) -> LedgerCheck:
    """Walks the ledger from its first event to its last.

    Args:
        cx: Connection of a snapshot.
        anchors: What it was at some events.
        with_state: Whether the state of the registry is compared with what the events make of nothing.
    """
    roots = {number: bytes(root) for number, root in cx.all("SELECT number, root FROM decision_root")}
    chain = Chain(anchors, roots)
    state = memory_state() if with_state else None
    try:
        for rows in _batches(cx):
            chain.add(rows)
            if state is not None:
                for row, actor in rows:
                    event = Event.from_row(row)
                    what = event.content("what") or {}
                    apply_event(state, event.head, what.get("after"), actor)
        head = chain.end()
        _compare_head(cx, head)
        if state is not None:
            _compare_state(cx, state, chain.checked)
    except Problem as problem:
        return LedgerCheck(False, chain.checked, None, problem.seq, str(problem))
    finally:
        if state is not None:
            state.close()
    return LedgerCheck(True, chain.checked, head)


def memory_state() -> OwnedConnection:
    """Empty tables of the state of the registry, in memory."""
    dialect = SqliteDialect(Path(":memory:"))
    cx = dialect.connect(write=True)
    for _, text in migrations():
        for statement in rendered(text, dialect):
            shape = re.match(r"(?:CREATE|ALTER) TABLE (\w+)", statement)
            if shape and shape[1] in TABLES:
                cx.run(statement)
    return cx


def state_rows(cx: Connection, shape: Connection) -> Iterator[tuple[str, Row]]:
    """All rows of the state of the registry, in an order that does not depend on the engine.

    Args:
        cx: Where the rows are.
        shape: Tables in memory, which know their columns.
    """
    for table in TABLES:
        columns = shape.all(f"SELECT name, pk FROM pragma_table_info('{table}')")
        keys = [name for name, place in sorted(columns, key=lambda column: int(column[1])) if place]
        names = ", ".join(name for name, _ in columns)
        for row in cx.all(f"SELECT {names} FROM {table} ORDER BY {', '.join(keys)}"):
            yield table, row


def _batches(cx: Connection) -> Iterator[list[tuple[Stored, str]]]:
    """All events in their order, with the actors that they are filed under."""
    last = 0
    while True:
        rows = cx.all(
            "SELECT seq, time_ms, model, name, version, action, slot, who, why, what, evidence, digests, hash, actor "
            "FROM decision WHERE seq > ? ORDER BY seq LIMIT ?",
            (last, _BATCH),
        )
        yield [(row, row[13]) for row in rows]
        if len(rows) < _BATCH:
            return
        last = rows[-1][0]


def _compare_head(cx: Connection, head: LedgerAnchor | None) -> None:
    row = cx.one("SELECT seq, hash FROM decision_head WHERE id = 1")
    stored = (0, "") if row is None or row[0] == 0 else (int(row[0]), bytes(row[1]).hex())
    found = (0, "") if head is None else (head.seq, head.hash)
    if stored != found:
        seq = min(stored[0], found[0]) + 1
        raise Problem(
            seq,
            f"The ledger ends with event {found[0]}, but the last one that was written is event {stored[0]}",
        )


def _compare_state(cx: Connection, made: Connection, checked: int) -> None:
    theirs, ours = state_rows(made, made), state_rows(cx, made)
    while True:
        expected, found = next(theirs, None), next(ours, None)
        if expected is None and found is None:
            return
        if expected != found:
            table, row = found or expected or ("", ())
            raise Problem(
                checked + 1,
                f"The table {table} does not follow from the ledger: see its row {', '.join(map(str, row[:3]))}",
            )
