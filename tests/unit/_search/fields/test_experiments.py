from __future__ import annotations

import pytest

from mlflow._search.fields.experiments import FIELDS
from mlflow._search.parser import complete_order, parse_filter, parse_order_by
from mlflow._search.tree import Entity, OrderKey
from mlflow.exceptions import InvalidParameterValue


@pytest.mark.parametrize(
    "text",
    [
        "name = 'p'",
        "attribute.name LIKE 'p%'",
        "\"name\" ILIKE 'P%'",
        "experiment_id = '1'",
        "experiment_id IN ('1', '2')",
        "experiment_id NOT IN ('1')",
        "creation_time > 1",
        "last_update_time <= 1",
        "tag.a = '1'",
        "tags.a IS NOT NULL",
        "name = 'p' and tags.a = '1' AND",
    ],
)
def test_what_the_reference_accepts_is_accepted(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


@pytest.mark.parametrize(
    "text",
    [
        "attributes.name = 'p'",
        "attr.name like 'p%'",
        "name IN ('p')",
        "tags.a ilike '1'",
        "creation_time > 1.5",
        " ",
    ],
)
def test_what_only_we_accept(text: str) -> None:
    parse_filter(text, FIELDS)


@pytest.mark.parametrize(
    "text",
    [
        "experiment_id = 1",
        "creation_time > '1'",
        "created > 1",
        "lifecycle_stage = 'active'",
        "metrics.a > 1",
        "params.a = '1'",
        "name > 'a'",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterValue):
        parse_filter(text, FIELDS)


@pytest.mark.parametrize(
    "key", ["name", "experiment_id", "creation_time", "last_update_time", "attribute.name"]
)
def test_what_can_be_sorted_by(key: str) -> None:
    assert len(parse_order_by([key], FIELDS)) == 1


@pytest.mark.parametrize("key", ["tags.a", "lifecycle_stage", "created"])
def test_what_cannot_be_sorted_by(key: str) -> None:
    with pytest.raises(InvalidParameterValue):
        parse_order_by([key], FIELDS)


def test_the_newest_come_first_and_ties_go_to_the_higher_id() -> None:
    newest = OrderKey(Entity.ATTRIBUTE, "creation_time", descending=True)
    by_id = OrderKey(Entity.ATTRIBUTE, "experiment_id", descending=False)
    by_id_descending = OrderKey(Entity.ATTRIBUTE, "experiment_id", descending=True)
    assert complete_order([], FIELDS) == [newest, by_id]
    assert complete_order(parse_order_by(["name"], FIELDS), FIELDS)[1:] == [by_id_descending]


def test_page_sizes() -> None:
    assert (FIELDS.default_max_results, FIELDS.max_results_limit) == (None, 50_000)
