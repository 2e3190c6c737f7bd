from __future__ import annotations

import pytest

from mlflow._search.fields.logged_models import FIELDS
from mlflow._search.parser import complete_order, parse_filter, parse_order_fields
from mlflow._search.tree import Comparison, Entity, Number, OrderKey, Text
from mlflow.exceptions import InvalidParameterValue


@pytest.mark.parametrize(
    "text",
    [
        "name = 'x'",
        "attributes.name != 'x'",
        "name IN ('x', 'y')",
        "model_id NOT IN ('x')",
        "model_type like 'x%'",
        "status = 'READY'",
        "source_run_id = 'x'",
        "experiment_id = '1'",
        "creation_timestamp > 1",
        "creation_time > 1.5",
        "creation_timestamp_ms > 1",
        "last_updated_timestamp > 1",
        "last_updated_timestamp_ms > 1",
        "tags.a IN ('1')",
        "params.p LIKE '1'",
        "params.p IN ('1')",
        "metrics.`a b` > 1",
        'metrics."a b" > 1',
        "metrics.a = 1 AND",
    ],
)
def test_what_the_reference_accepts_is_accepted(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


@pytest.mark.parametrize(
    "text",
    [
        "attribute.name = 'x'",
        "tag.a = '1'",
        "param.p = '1'",
        "metric.a > 1",
        "params.p > 1",
        "tags.a IS NULL",
    ],
)
def test_what_only_we_accept(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


def test_double_quotes_are_stripped_too() -> None:
    node = parse_filter('name = "x"', FIELDS)
    assert isinstance(node, Comparison)
    assert node.value == Text("x")


def test_a_param_may_be_compared_with_a_number_without_quotes() -> None:
    node = parse_filter("params.p = 1", FIELDS)
    assert isinstance(node, Comparison)
    assert node.value == Number(1, "1")


@pytest.mark.parametrize(
    "text",
    ["foo = 'x'", "metrics.a > '1'", "creation_timestamp > '1'", "datasets.name = 'x'", "metrics.a LIKE 'x'"],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterValue):
        parse_filter(text, FIELDS)


@pytest.mark.parametrize(
    "name",
    [
        "name", "model_id", "model_type", "status", "source_run_id", "creation_time", "creation_timestamp",
        "creation_timestamp_ms", "last_updated_timestamp", "metrics.a", "metrics.a b",
    ],
)  # fmt: skip
def test_what_can_be_sorted_by(name: str) -> None:
    assert len(parse_order_fields([(name, True)], FIELDS)) == 1


def test_the_newest_come_first() -> None:
    newest = OrderKey(Entity.ATTRIBUTE, "creation_timestamp", descending=True)
    by_id = OrderKey(Entity.ATTRIBUTE, "model_id", descending=False)
    assert complete_order([], FIELDS) == [newest, by_id]


def test_page_sizes() -> None:
    assert (FIELDS.default_max_results, FIELDS.max_results_limit) == (50, None)
