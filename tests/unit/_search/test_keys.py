from __future__ import annotations

import pytest

from mlflow._search.fields import experiments, runs, traces
from mlflow._search.keys import closest, known_names


def test_names_begin_with_an_attribute_or_a_prefix() -> None:
    assert known_names(experiments.FIELDS) == (
        "name",
        "experiment_id",
        "creation_time",
        "last_update_time",
        "tags.",
    )


def test_what_is_only_sorted_by_begins_no_filter() -> None:
    assert "experiment_id" not in known_names(traces.FIELDS)
    assert "request_id" in known_names(traces.FIELDS)


@pytest.mark.parametrize(
    ("word", "guess"),
    [("metrcs", "metrics"), ("METRICS", "metrics"), ("param", "param"), ("xyz", None), ("m" * 500_000, None)],
)
def test_the_closest_word(word: str, guess: str | None) -> None:
    assert closest(word, runs.FIELDS.by_prefix) == guess
