"""What is sent to PostgreSQL works through a pooler that gives a connection to another client after each transaction."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import mlflow._storage.sql
from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.dialects.postgres import PostgresConnection
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param

_SESSION = re.compile(
    r"(?:\A|;)\s*SET\s+(?!LOCAL\b|CONSTRAINTS\b)(?:SESSION\s+)?[a-z_.]+\s*(?:=|\bTO\b)|\b(?:UN)?LISTEN\s+\w|\bNOTIFY\s+\w"
    r"|\bPREPARE\s+\w|\bDEALLOCATE\b|\bDISCARD\s+ALL|\bTEMP(?:ORARY)?\s+(?:TABLE|SEQUENCE|VIEW)"
    r"|\bWITH\s+HOLD\b|\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\(|\bset_config\s*\([^)]*\bfalse\b",
    re.IGNORECASE,
)
"""Statements that leave something in the session."""


def _texts() -> Iterator[tuple[str, str]]:
    """Every text of the SQL store that reads like a statement, with its place."""
    for folder in mlflow._storage.sql.__path__:
        for path in sorted(Path(folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            documentation = {
                id(node.body[0].value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
                and node.body
                and isinstance(node.body[0], ast.Expr)
            }
            formatted = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
            for whole in formatted:  # the beginning of a piece is not the beginning of a statement
                pieces = [piece.value if isinstance(piece, ast.Constant) else "x" for piece in whole.values]
                yield f"{path.name}:{whole.lineno}", "".join(map(str, pieces))
            inside = {id(piece) for whole in formatted for piece in whole.values}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and id(node) not in documentation | inside:
                    text = node.value.decode() if isinstance(node.value, bytes) else node.value
                    if isinstance(text, str):
                        yield f"{path.name}:{node.lineno}", text
        for path in sorted(Path(folder).rglob("*.sql")):
            yield path.name, re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text", ["SET jit = off", "LISTEN runs", "SELECT pg_advisory_lock(1)", "CREATE TEMP TABLE a (b INT)"]
)
def test_the_rule_finds_what_stays_in_a_session(text: str) -> None:
    assert _SESSION.search(text)


def test_no_statement_leaves_anything_in_the_session() -> None:
    texts = list(_texts())

    assert len(texts) > 200
    assert [place for place, text in texts if _SESSION.search(text)] == []


def _use(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    for step in range(10):  # often enough for a driver to prepare what it runs
        store.runs.log_batch(run_id, [Metric("m", 1.0, 1, step)], [Param(f"p{step}", "x")], [])
        store.runs.get(run_id)
        store.runs.search(["0"], "metrics.m > 0")
        store.metrics.history(run_id, "m")


def _left(store: SqlStore) -> list[tuple[str, str]]:
    """What is left in the sessions of the writer and of this thread's reader."""
    statement = (
        "SELECT 'statement', name FROM pg_prepared_statements "
        "UNION ALL SELECT 'setting', name FROM pg_settings WHERE source = 'session' AND name NOT LIKE '%collation%' "
        "UNION ALL SELECT 'lock', mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() "
        "UNION ALL SELECT 'channel', pg_listening_channels()"
    )
    with store.engine.reading() as cx:
        found = list(cx.all(statement))
    # What a transaction sets for itself is gone after it.
    store.engine.write(lambda cx: cx.after_commit(lambda: found.extend(cx.all(statement))))
    return [(str(kind), str(name)) for kind, name in found]


def test_nothing_is_left_in_the_session_when_there_is_a_pooler(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a pooler tells its client is never the number of the process that runs a statement.
    monkeypatch.setattr(PostgresConnection, "backend", property(lambda _: 1))
    store = open_sql_store(postgres_database)
    _use(store)
    assert _left(store) == []
    store.close()


def test_only_prepared_statements_are_left_when_there_is_none(postgres_database: str) -> None:
    store = open_sql_store(postgres_database)
    _use(store)
    assert {kind for kind, _ in _left(store)} == {"statement"}
    store.close()
