"""Limits and name rules, against another way to state them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlflow._storage.validation import (
    check_artifact_location,
    check_batch,
    check_experiment_id,
    check_key,
    check_metric,
    check_run_id,
    check_text,
    is_storable,
)
from mlflow.entities.metric import Metric
from mlflow.exceptions import InvalidParameterValue

KEYS = (
    st.text(alphabet="ab._-/: 1é日\n*\x00", max_size=8)
    | st.text(max_size=5)
    | st.text("a", min_size=249, max_size=252)
)


def is_allowed(key: str) -> bool:
    """The rule of names, character by character."""
    letters = all(
        character.isalnum() or re.match(r"\w", character) or character in "_-. :/" for character in key
    )
    is_normal = posixpath.normpath(key) == key and key != "." and not key.startswith(("..", "/"))
    return 1 <= len(key) <= 250 and letters and is_normal


@given(KEYS)
@example("a/b")
@example("a//b")
@example("a/../b")
@example("..a")
@example(" ")
@example("a/")
def test_names_of_metrics_parameters_and_tags(key: str) -> None:
    if is_allowed(key):
        assert check_key(key, "key") == key
    else:
        with pytest.raises(InvalidParameterValue, match="'key'"):
            check_key(key, "key")


@pytest.mark.parametrize("key", [None, 5, b"a", ["a"]])
def test_a_name_is_text(key: object) -> None:
    with pytest.raises(InvalidParameterValue, match="'key'"):
        check_key(key, "key")


@given(st.text(alphabet="aZ0_-é. /", max_size=6))
def test_ids_of_runs(text: str) -> None:
    if re.fullmatch(r"[A-Za-z0-9][\w-]{0,255}", text):
        assert check_run_id(text) == text
    else:
        with pytest.raises(InvalidParameterValue, match="run ID"):
            check_run_id(text)


@given(st.integers(-(1 << 70), 1 << 70))
def test_ids_of_experiments(number: int) -> None:
    if -(1 << 63) <= number < 1 << 63:
        assert check_experiment_id(str(number)) == number
    else:
        with pytest.raises(InvalidParameterValue, match="experiment ID"):
            check_experiment_id(str(number))


@given(st.text(st.characters(exclude_categories=[]) | st.sampled_from("\x00\ud800\udfff"), max_size=10))
def test_text_that_databases_store(text: str) -> None:
    expected = "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
    assert is_storable(text) == expected
    if expected:
        assert check_text(text, "x") == text
    else:
        with pytest.raises(InvalidParameterValue, match="'x'"):
            check_text(text, "x")


@given(
    st.builds(
        Metric,
        st.sampled_from(["a", "a b", "/a", "", "é"]),
        st.floats() | st.integers() | st.booleans() | st.none() | st.just(10**400),
        st.integers(-5, 5) | st.integers() | st.floats() | st.booleans(),
        st.integers() | st.none() | st.sampled_from([1 << 63, -(1 << 63)]),
    )
)
def test_a_batch_takes_the_points_that_are_taken_alone(metric: Metric) -> None:
    def outcome(check: Callable[[], object]) -> str | None:
        try:
            check()
        except InvalidParameterValue as error:
            return error.message
        return None

    alone = outcome(lambda: check_metric(metric, "metrics[0]."))
    assert outcome(lambda: check_batch([metric], [], [])) == alone


def test_a_path_is_made_absolute_and_a_uri_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(folder)
    assert check_artifact_location("a/../b") == str(folder / "b")
    for location in ("s3://b/a%20b", "file:///x", "mlflow-artifacts:/1", "dbfs:/x", "gs://b/..a"):
        assert check_artifact_location(location) == location
