"""What every store does with tags of runs."""

from __future__ import annotations

import pytest

from mlflow._storage.interface.store import Store
from mlflow.entities.tag import RunTag
from tests.contract.errors import INVALID, MISSING, refused


def test_a_tag_is_set_replaced_and_removed(store: Store, run_id: str) -> None:
    store.tags.set(run_id, RunTag("t", "1"))
    store.tags.set(run_id, RunTag("t", "2"))
    assert store.runs.get(run_id).data.tags["t"] == "2"
    store.tags.delete(run_id, "t")
    assert "t" not in store.runs.get(run_id).data.tags
    with refused(MISSING, "t", run_id):
        store.tags.delete(run_id, "t")


def test_removing_a_tag_that_nobody_ever_set_is_refused(store: Store, run_id: str) -> None:
    with refused(MISSING):
        store.tags.delete(run_id, "never heard of")
    with refused(MISSING):
        store.tags.delete(run_id, "a\x00b")


def test_a_tag_needs_a_run(store: Store) -> None:
    with refused(MISSING):
        store.tags.set("0" * 32, RunTag("t", "1"))
    with refused(MISSING):
        store.tags.delete("0" * 32, "t")


def test_a_long_value_is_cut(store: Store, run_id: str) -> None:
    store.tags.set(run_id, RunTag("t", "ü" * 8001))
    assert store.runs.get(run_id).data.tags["t"] == "ü" * 8000


def test_a_long_value_is_refused_where_the_setting_says_so(
    store: Store, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRUNCATE_LONG_VALUES", "false")
    with refused(INVALID, "8000"):
        store.tags.set(run_id, RunTag("t", "x" * 8001))


@pytest.mark.parametrize("value", ["", " ", "日本語\n", "'\"\\%_?", "😀"])
def test_any_text_is_a_value(store: Store, run_id: str, value: str) -> None:
    store.tags.set(run_id, RunTag("t", value))
    assert store.runs.get(run_id).data.tags["t"] == value


@pytest.mark.parametrize(
    ("key", "value"),
    [("", "1"), ("a" * 251, "1"), ("/a", "1"), ("a//b", "1"), ("t", "a\x00"), ("t", "\udfff")],
)
def test_what_breaks_a_rule_is_refused(store: Store, run_id: str, key: str, value: str) -> None:
    with refused(INVALID):
        store.tags.set(run_id, RunTag(key, value))
    with refused(INVALID):
        store.runs.log_batch(run_id, tags=[RunTag(key, value)])
