"""Whoever changes the database itself is found out: the first event that does not fit is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from mlflow._ledger import merkle
from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.ledger_check import memory_state, state_rows
from mlflow._storage.sql.registry_state import TABLES
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.model_registry.ledger_check import LedgerCheck

Tamper = Callable[[Connection], object]


def _statement(sql: str) -> Tamper:
    return lambda cx: cx.run(sql)


@pytest.fixture
def ledger(store: SqlStore) -> SqlStore:
    """A store with some decisions."""
    store.registered_models.create("credit", {"team": "risk"})
    for number in range(3):
        store.model_versions.create("credit", f"s3://b/{number}", description="Good")
    store.model_versions.transition_stage("credit", "2", "Production")
    store.registered_models.set_alias("credit", "champion", "2")
    store.registered_models.update("credit", "Scores")
    return store


def _checked(store: SqlStore, tamper: Tamper, *, with_state: bool = False) -> LedgerCheck:
    store.engine.write(tamper)
    return store.decisions.verify(with_state=with_state)


@pytest.mark.parametrize(
    "change",
    [
        "time_ms = time_ms + 1",
        "name = 'other'",
        "version = 7",
        "action = 'comment'",
        "slot = 'stage/9'",
        "model = 2",
        "actor = 'somebody else'",
        'who = replace(who, \'"actor":"\', \'"actor":"x\')',
        "what = replace(what, 's3://b', 's3://c')",
        "what = NULL",
        "who = NULL, actor = ''",
        "why = '{}'",
        "evidence = '{}'",
    ],
)
def test_a_change_of_one_event_names_it(ledger: SqlStore, change: str) -> None:
    assert ledger.decisions.verify(with_state=True).ok
    check = _checked(ledger, _statement(f"UPDATE decision SET {change} WHERE seq = 5"))
    assert (check.ok, check.first_bad) == (False, 5), check.problem
    assert "5" in check.problem


def test_an_event_that_is_gone_is_missed(ledger: SqlStore) -> None:
    check = _checked(ledger, _statement("DELETE FROM decision WHERE seq = 4"))
    assert (check.ok, check.first_bad, check.checked) == (False, 4, 3)


def test_a_ledger_that_was_cut_is_found_out(ledger: SqlStore) -> None:
    check = _checked(ledger, _statement("DELETE FROM decision WHERE seq > 6"))
    assert (check.ok, check.first_bad) == (False, 7)


def test_a_ledger_that_was_written_anew_is_found_out_by_an_anchor(ledger: SqlStore) -> None:
    anchor = ledger.decisions.anchor()

    def rewrite(cx: Connection) -> None:
        for table in ("decision", "decision_root", "decision_head", *TABLES):
            cx.run(f"DELETE FROM {table}")

    ledger.engine.write(rewrite)
    ledger.registered_models.create("credit", {"team": "other"})
    for _ in range(12):
        ledger.registered_models.update("credit", "Scores")
    assert ledger.decisions.verify(with_state=True).ok
    check = ledger.decisions.verify([anchor])
    assert (check.ok, check.first_bad) == (False, anchor.seq)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("model_version", "UPDATE model_version SET stage = 'Archived' WHERE version = 2"),
        ("model_version", "DELETE FROM model_version WHERE version = 1"),
        ("model_alias", "UPDATE model_alias SET version = 1"),
        ("registered_model_tag", "UPDATE registered_model_tag SET value = 'x'"),
        ("registered_model", "UPDATE registered_model SET description = NULL"),
        ("decision_name", "UPDATE decision_name SET name = 'x'"),
    ],
)
def test_a_state_that_does_not_follow_from_the_ledger_is_found_out(
    ledger: SqlStore, table: str, change: str
) -> None:
    check = _checked(ledger, _statement(change), with_state=True)
    assert not check.ok
    assert table in check.problem
    assert ledger.decisions.verify().ok, "the ledger itself is as it was"


def test_the_state_is_made_anew_from_the_ledger(ledger: SqlStore) -> None:
    ledger.model_versions.delete("credit", "1")
    ledger.registered_models.rename("credit", "score")
    ledger.registered_models.create("gone")
    ledger.registered_models.delete("gone")
    ledger.model_versions.set_tag("score", "2", "a/b", "3.5")
    ledger.registered_models.delete_tag("score", "team")
    assert ledger.decisions.verify(with_state=True).ok
    empty = memory_state()
    with ledger.engine.reading() as cx:
        found = {table for table, _ in state_rows(cx, empty)}
    assert found >= {"model_version", "model_version_tag", "model_alias"}
    assert list(state_rows(empty, empty)) == []
    empty.close()


def test_roots_of_full_chunks_are_kept_and_checked(store: SqlStore) -> None:
    def many() -> None:
        for number in range(merkle.CHUNK + 5):
            store.registered_models.update("a", str(number))

    store.registered_models.create("a")
    store.engine.write(lambda _: many())
    assert store.decisions.verify().ok
    anchor = store.decisions.anchor()
    assert store.decisions.proof(3).root == store.decisions.proof(merkle.CHUNK + 2).root == anchor.root
    assert store.decisions.verify().head == anchor
    check = _checked(store, lambda cx: cx.run("UPDATE decision_root SET root = ?", (bytes(32),)))
    assert (check.ok, check.first_bad) == (False, 1)


def test_one_byte_on_the_disk_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    store = open_sql_store(f"sqlite:///{path}")
    store.registered_models.create("credit")
    store.model_versions.create("credit", "s3://bucket/needle")
    store.model_versions.transition_stage("credit", "1", "Production")
    store.close()
    with sqlite3.connect(path) as raw:  # what is in the write-ahead log goes into the file
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    content = path.read_bytes()
    place = content.index(b's3://bucket/needle","stage"')
    path.write_bytes(content[:place] + b"S" + content[place + 1 :])
    store = open_sql_store(f"sqlite:///{path}")
    check = store.decisions.verify()
    store.close()
    assert (check.ok, check.first_bad) == (False, 2)
