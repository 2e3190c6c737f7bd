from __future__ import annotations

import pytest

from mlflow._search.fields.runs import FIELDS
from mlflow._search.parser import complete_order, parse_filter, parse_order_by
from mlflow._search.tree import Comparison, Entity, Number, OrderKey, Text
from mlflow.exceptions import InvalidParameterValue


@pytest.mark.parametrize(
    "text",
    [
        "metric.a = 1",
        "metrics.a != 1",
        "metrics.a >= 1.5 AND metrics.a < 2",
        "params.n = '100'",
        "param.n != '100'",
        "parameter.n LIKE '1%'",
        "parameters.n ILIKE '1%'",
        "params.n IS NULL",
        "params.n IS NOT NULL",
        "tag.a = 'x'",
        "tags.`mlflow.parentRunId` = 'x'",
        "tags.a is null",
        "run_id = 'x'",
        "attribute.run_id IN ('a', 'b')",
        "attributes.run_id NOT IN ('a')",
        "attr.status = 'RUNNING'",
        "run.run_name LIKE 'n%'",
        "run_name ILIKE 'N%'",
        "user_id != 'x'",
        "artifact_uri LIKE 's3://%'",
        "start_time > 1700000000000",
        "start_time > 1.5",
        "end_time <= 1e12",
        "dataset.name = 'x'",
        "datasets.digest IN ('a', 'b')",
        "dataset.context like 'tr%'",
        "metrics.a > 0.1 AND",
    ],
)
def test_what_the_reference_accepts_is_accepted(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


@pytest.mark.parametrize(
    "text",
    [
        "params.n = 100",
        "params.lr < 0.1",
        "params.n IN ('1', 2)",
        "tags.a NOT IN ('x')",
        "status IN ('RUNNING', 'FAILED')",
        "metrics.a > 1 OR NOT (params.n = 1 OR params.n = 2)",
        "metrics.a IS NULL",
        "end_time IS NULL",
    ],
)
def test_what_only_we_accept(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


@pytest.mark.parametrize(
    "text",
    [
        "experiment_id = '1'",
        "lifecycle_stage = 'active'",
        "source_name = 'x'",
        "run_uuid = 'x'",
        "name = 'x'",
        "metadata.a = 'x'",
        "span.name = 'x'",
        "dataset.source = 'x'",
        "dataset.name > 1",
        "metrics.a LIKE 'x'",
        "start_time = '1'",
        "status = 1",
        "run_id IN ()",
        "tags.a RLIKE 'x'",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterValue):
        parse_filter(text, FIELDS)


@pytest.mark.parametrize("name", ["created", "Created", "attribute.created", "run.Created", "`Created`"])
def test_created_is_the_start_time(name: str) -> None:
    node = parse_filter(f"{name} > 5", FIELDS)
    assert isinstance(node, Comparison)
    assert (node.entity, node.key, node.value) == (Entity.ATTRIBUTE, "start_time", Number(5, "5"))


@pytest.mark.parametrize(
    "name", ["run_name", "`run name`", '"Run name"', "'Run Name'", "attributes.`Run name`", 'run."Run Name"']
)
def test_the_run_name_has_several_spellings(name: str) -> None:
    node = parse_filter(f"{name} = 'x'", FIELDS)
    assert isinstance(node, Comparison)
    assert (node.entity, node.key, node.value) == (Entity.ATTRIBUTE, "run_name", Text("x"))


@pytest.mark.parametrize(
    "key",
    [
        "run_id", "run_name", "status", "user_id", "artifact_uri", "start_time", "end_time", "created", "Created",
        "metrics.x", "params.x", "tags.x",
    ],
)  # fmt: skip
def test_what_can_be_sorted_by(key: str) -> None:
    assert len(parse_order_by([key], FIELDS)) == 1


def test_the_latest_runs_come_first() -> None:
    latest = OrderKey(Entity.ATTRIBUTE, "start_time", descending=True)
    by_id = OrderKey(Entity.ATTRIBUTE, "run_id", descending=False)
    assert complete_order([], FIELDS) == [latest, by_id]
    assert complete_order(parse_order_by(["metrics.a"], FIELDS), FIELDS)[1:] == [latest, by_id]


def test_page_sizes() -> None:
    assert (FIELDS.default_max_results, FIELDS.max_results_limit) == (1000, 50_000)
