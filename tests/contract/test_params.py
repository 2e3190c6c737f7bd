"""What every store does with parameters."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mlflow._storage.interface.store import Store
from mlflow.entities.param import Param
from tests.contract.errors import INVALID, MISSING, error_of, refused


def test_a_parameter_is_written_once(store: Store, run_id: str) -> None:
    store.params.log(run_id, Param("p", "1"))
    store.params.log(run_id, Param("p", "1"))
    with refused(INVALID, "'p'", "'1'", "'2'"):
        store.params.log(run_id, Param("p", "2"))
    store.runs.log_batch(run_id, params=[Param("p", "1"), Param("q", "x")])
    with refused(INVALID, "'p'"):
        store.runs.log_batch(run_id, params=[Param("p", "2"), Param("r", "x")])
    assert store.runs.get(run_id).data.params == {"p": "1", "q": "x"}


def test_values_are_compared_exactly(store: Store, run_id: str) -> None:
    store.params.log(run_id, Param("p", "1"))
    for other in ("1.0", " 1", "01", ""):
        with refused(INVALID):
            store.params.log(run_id, Param("p", other))


def test_a_parameter_needs_a_run(store: Store) -> None:
    with refused(MISSING):
        store.params.log("0" * 32, Param("p", "1"))


@pytest.mark.parametrize("value", ["", " ", "ü" * 6000, "😀" * 6000, "a\tb\nc", "'\"\\%_?", "NaN", "1e400"])
def test_any_text_is_a_value(store: Store, run_id: str, value: str) -> None:
    store.params.log(run_id, Param("p", value))
    assert store.runs.get(run_id).data.params == {"p": value}


@pytest.mark.parametrize("value", ["a\x00b", "a\ud800b"])
def test_text_that_no_database_stores_is_refused(store: Store, run_id: str, value: str) -> None:
    with refused(INVALID):
        store.params.log(run_id, Param("p", value))


def test_a_long_value_is_cut(store: Store, run_id: str) -> None:
    store.params.log(run_id, Param("p", "x" * 6001))
    store.params.log(run_id, Param("p", "x" * 7000))
    assert store.runs.get(run_id).data.params == {"p": "x" * 6000}


def test_a_long_value_is_refused_where_the_setting_says_so(
    store: Store, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRUNCATE_LONG_VALUES", "false")
    with refused(INVALID, "6000"):
        store.params.log(run_id, Param("p", "x" * 6001))
    with refused(INVALID, "6000"):
        store.runs.log_batch(run_id, params=[Param("p", "x" * 6001)])


@pytest.mark.parametrize(
    "key", ["a", "a/b", "a.b-c d:e", "ключ", "日本", "a" * 250, "é" * 250, " ", "...a"[3:], ".a"]
)
def test_a_name_is_letters_digits_and_some_signs(store: Store, run_id: str, key: str) -> None:
    store.params.log(run_id, Param(key, "1"))
    assert store.runs.get(run_id).data.params == {key: "1"}


@pytest.mark.parametrize(
    "key", ["", "a" * 251, "a//b", "./a", "../x", "..", ".", "/x", "a/", "a\nb", "a\x00", "a*", "\ud800"]
)
def test_a_name_that_is_none_is_refused(store: Store, run_id: str, key: str) -> None:
    with refused(INVALID, "key"):
        store.params.log(run_id, Param(key, "1"))
    with refused(INVALID, "params[0].key"):
        store.runs.log_batch(run_id, params=[Param(key, "1")])


def test_of_many_that_write_different_values_at_once_one_succeeds(store: Store, run_id: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(
            threads.map(lambda n: error_of(lambda: store.params.log(run_id, Param("p", str(n)))), range(16))
        )
    assert sorted(outcomes, key=str) == [INVALID] * 15 + [None]
    assert store.runs.get(run_id).data.params == {"p": str(outcomes.index(None))}
