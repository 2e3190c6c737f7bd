from __future__ import annotations

import pytest

from mlflow._search.fields.model_versions import FIELDS
from mlflow._search.parser import complete_order, parse_filter, parse_order_by
from mlflow._search.tree import Comparison, Entity, Number, OrderKey
from mlflow.exceptions import InvalidParameterValue


@pytest.mark.parametrize(
    "text",
    [
        "name = 'm'",
        "name='fraud detection'",
        "attribute.name LIKE 'm%'",
        "name IN ('a', 'b')",
        "run_id = 'x'",
        "run_id IN ('x')",
        "run_id LIKE 'x%'",
        "source_path LIKE '/tmp%'",
        "version_number = 1",
        "version_number > '1'",
        "attribute.version_number > 0",
        "tags.t = '1'",
    ],
)
def test_what_the_reference_accepts_is_accepted(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


def test_a_version_number_may_be_quoted() -> None:
    node = parse_filter("version_number = '12'", FIELDS)
    assert isinstance(node, Comparison)
    assert node.value == Number(12, "12")


@pytest.mark.parametrize(
    "text",
    [
        "version_number = 'a'",
        "version_number = '1.5'",
        "version = 1",
        "current_stage = 'None'",
        "status = 'READY'",
        "aliases = 'x'",
        "creation_timestamp > 1",
        "source = 'x'",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterValue):
        parse_filter(text, FIELDS)


@pytest.mark.parametrize("key", ["name", "version_number", "creation_timestamp", "last_updated_timestamp"])
def test_what_can_be_sorted_by(key: str) -> None:
    assert len(parse_order_by([key], FIELDS)) == 1


@pytest.mark.parametrize("key", ["version", "run_id", "source_path", "tags.t"])
def test_what_cannot_be_sorted_by(key: str) -> None:
    with pytest.raises(InvalidParameterValue):
        parse_order_by([key], FIELDS)


def test_the_last_updated_come_first() -> None:
    assert complete_order([], FIELDS) == [
        OrderKey(Entity.ATTRIBUTE, "last_updated_timestamp", descending=True),
        OrderKey(Entity.ATTRIBUTE, "name", descending=False),
        OrderKey(Entity.ATTRIBUTE, "version_number", descending=True),
    ]


def test_page_sizes() -> None:
    assert (FIELDS.default_max_results, FIELDS.max_results_limit) == (200_000, 200_000)
