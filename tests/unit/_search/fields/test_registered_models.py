from __future__ import annotations

import pytest

from mlflow._search.fields.registered_models import FIELDS
from mlflow._search.parser import complete_order, parse_filter, parse_order_by
from mlflow._search.tree import Entity, OrderKey
from mlflow.exceptions import InvalidParameterValue


@pytest.mark.parametrize(
    "text",
    [
        "name = 'm'",
        "name != 'm'",
        "attribute.name ilike 'M%'",
        "name IN ('a', 'b')",
        "tags.t = '1' AND tag.u != '2'",
        "tags.`mlflow.prompt.is_prompt` = 'true'",
    ],
)
def test_what_the_reference_accepts_is_accepted(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


@pytest.mark.parametrize("text", ["attributes.name = 'm'", "tags.t IS NULL", "tags.t IN ('1')", "tags.t > 1"])
def test_what_only_we_accept(text: str) -> None:
    assert parse_filter(text, FIELDS) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = '1'", "no attribute 'version'"),
        ("aliases = 'x'", "no attribute"),
        ("creation_timestamp > 1", "no attribute"),
        ("last_updated_timestamp > 1", "can be sorted but not filtered by last_updated_timestamp"),
        ("name > 'a'", "cannot be compared by >"),
        ("metrics.a > 1", "registered models have nothing called 'metrics'"),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidParameterValue, match=said):
        parse_filter(text, FIELDS)


@pytest.mark.parametrize("key", ["timestamp", "last_updated_timestamp"])
def test_the_timestamp_to_sort_by_is_that_of_the_last_update(key: str) -> None:
    assert parse_order_by([f"{key} DESC"], FIELDS) == [
        OrderKey(Entity.ATTRIBUTE, "last_updated_timestamp", descending=True)
    ]


def test_both_names_of_the_timestamp_are_one_column() -> None:
    with pytest.raises(InvalidParameterValue, match="already"):
        parse_order_by(["timestamp", "last_updated_timestamp"], FIELDS)


@pytest.mark.parametrize("key", ["creation_timestamp", "tags.t"])
def test_what_cannot_be_sorted_by(key: str) -> None:
    with pytest.raises(InvalidParameterValue):
        parse_order_by([key], FIELDS)


def test_models_are_sorted_by_name() -> None:
    by_name = OrderKey(Entity.ATTRIBUTE, "name", descending=False)
    assert complete_order([], FIELDS) == [by_name]
    assert complete_order(parse_order_by(["timestamp"], FIELDS), FIELDS)[1:] == [by_name]


def test_page_sizes() -> None:
    assert (FIELDS.default_max_results, FIELDS.max_results_limit) == (100, 1000)
