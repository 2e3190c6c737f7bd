from __future__ import annotations

import pytest

from mlflow._search.fields.traces import FIELDS
from mlflow._search.parser import complete_order, parse_filter, parse_order_by
from mlflow._search.tree import Comparison, Entity, OrderKey
from mlflow.exceptions import InvalidParameterValue


@pytest.mark.parametrize(
    "text",
    [
        "request_id = 'a'",
        "trace.request_id IN ('a')",
        "name = 'a'",
        "trace.name RLIKE '^a'",
        "status IN ('OK', 'ERROR')",
        "attribute.status = 'OK'",
        "client_request_id LIKE 'a%'",
        "run_id = 'a'",
        "prompt = 'name/3'",
        "trace.text LIKE '%a%'",
        "trace.text ILIKE '%a%'",
        "timestamp > 1",
        "timestamp_ms > 1",
        "execution_time > 1",
        "execution_time_ms >= 1",
        "end_time < 1",
        "end_time_ms < 1",
        "tags.a rlike 'x'",
        "tag.a IS NULL",
        "metadata.a = 'x'",
        "request_metadata.a IS NOT NULL",
        "span.name LIKE 'a'",
        "span.type IN ('LLM')",
        "span.status != 'OK'",
        "span.content LIKE '%a%'",
        "span.attributes.k LIKE '%a%'",
        "span.attributes.a.b = 'x'",
        "span.attributes.`a b` RLIKE 'x'",
        "span.`attributes.a b` = 'x'",
        "feedback.q = 'true'",
        "feedback.`a b` LIKE 'x'",
        "feedback.q > 1",
        "feedback.q IS NULL",
        "expectation.q != 'a'",
        "expectation.q >= 2",
        "issue.id = 'x'",
    ],
)
def test_what_the_reference_accepts_is_accepted(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


@pytest.mark.parametrize(
    "text",
    [
        "name IN ('a')",
        "run_id IN ('a')",
        "text LIKE '%x%'",
        "span.name like 'a'",
        "tags.a IN ('x')",
        "metadata.a NOT IN ('x')",
        "feedback.q = 1",
        "expectation.q IN ('a', 1)",
    ],
)
def test_what_only_we_accept(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("trace_id = 'a'", "no attribute 'trace_id'"),
        ("experiment_id = '1'", "can be sorted but not filtered"),
        ("prompt = 'name'", "expected 'name/version'"),
        ("prompt = 'a/b/c'", "expected 'name/version'"),
        ("prompt LIKE 'a/1'", "prompt cannot be compared by LIKE"),
        ("text = 'a'", "text cannot be compared by ="),
        ("span.content = 'a'", "span.content cannot be compared by ="),
        ("span.kind = 'x'", "it has span.name, span.type, span.status, span.content, span.attributes."),
        ("span.attributes. = 'x'", "has no key 'attributes.'"),
        ("span.name IS NULL", "cannot be compared by IS NULL"),
        ("feedback.q > 'x'", "expected a number"),
        ("issue.severity = 'x'", "it has issue.id, issue.name"),
        ("timestamp > '1'", "expected a number without quotes: 1"),
        ("metrics.a > 1", "traces have nothing called 'metrics'"),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidParameterValue) as caught:
        parse_filter(text, FIELDS)
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("text", "entity", "key"),
    [
        ("timestamp > 1", Entity.ATTRIBUTE, "timestamp_ms"),
        ("trace.execution_time > 1", Entity.ATTRIBUTE, "execution_time_ms"),
        ("request_metadata.a = 'x'", Entity.METADATA, "a"),
        ("span.attributes.`a b` = 'x'", Entity.SPAN, "attributes.a b"),
        ("feedback.q = 'x'", Entity.FEEDBACK, "q"),
    ],
)
def test_names_are_resolved(text: str, entity: Entity, key: str) -> None:
    node = parse_filter(text, FIELDS)
    assert isinstance(node, Comparison)
    assert (node.entity, node.key) == (entity, key)


@pytest.mark.parametrize(
    "key",
    [
        "timestamp", "timestamp_ms", "execution_time", "execution_time_ms", "status", "name", "request_id",
        "experiment_id", "run_id", "tags.x", "metadata.x", "request_metadata.x", "trace.timestamp", "end_time",
    ],
)  # fmt: skip
def test_what_can_be_sorted_by(key: str) -> None:
    assert len(parse_order_by([key], FIELDS)) == 1


@pytest.mark.parametrize(
    "key", ["trace_id", "client_request_id", "prompt", "text", "span.name", "feedback.x"]
)
def test_what_cannot_be_sorted_by(key: str) -> None:
    with pytest.raises(InvalidParameterValue):
        parse_order_by([key], FIELDS)


def test_the_latest_come_first() -> None:
    assert complete_order([], FIELDS) == [
        OrderKey(Entity.ATTRIBUTE, "timestamp_ms", descending=True),
        OrderKey(Entity.ATTRIBUTE, "request_id", descending=False),
    ]


def test_page_sizes() -> None:
    assert (FIELDS.default_max_results, FIELDS.max_results_limit) == (100, 500)
