"""What every store does with logged models."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from mlflow._storage.interface.logged_models import DatasetFilter, ModelOrder
from mlflow._storage.interface.store import Store
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.entities.metric import Metric
from tests.contract.errors import INVALID, MISSING, refused

UNKNOWN = "m-" + "0" * 32


def test_a_model_starts_pending(store: Store, run_id: str) -> None:
    model = store.logged_models.create("0", "fruit", "Agent", run_id, {"p": "1", "q": ""}, {"t": "2"})
    assert re.fullmatch(r"m-[0-9a-f]{32}", model.model_id)
    assert (model.experiment_id, model.name, model.model_type, model.source_run_id) == (
        "0",
        "fruit",
        "Agent",
        run_id,
    )
    assert (model.status, model.status_message) == (LoggedModelStatus.PENDING, None)
    assert (model.params, model.tags, model.metrics) == ({"p": "1", "q": ""}, {"t": "2"}, [])
    root = store.experiments.get("0").artifact_location
    assert model.artifact_location == f"{root}/models/{model.model_id}/artifacts"
    assert model.creation_timestamp == model.last_updated_timestamp > 0
    assert store.logged_models.get(model.model_id) == model


@pytest.mark.parametrize("name", [None, ""])
def test_a_model_without_a_name_gets_one(store: Store, name: str | None) -> None:
    model = store.logged_models.create("0", name)
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d+", model.name)
    assert (model.model_type, model.source_run_id) == (None, None)


@pytest.mark.parametrize("name", ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "a\x00b", "a\ud800", "a" * 501])
def test_a_name_must_be_able_to_stand_in_a_uri(store: Store, name: str) -> None:
    with refused(INVALID):
        store.logged_models.create("0", name)
    assert store.logged_models.search(["0"]) == []


def test_a_model_needs_an_active_experiment_and_a_known_run(store: Store) -> None:
    with refused(MISSING):
        store.logged_models.create("987654")
    with refused(MISSING):
        store.logged_models.create("0", source_run_id="0" * 32)
    made = store.experiments.create("a")
    store.experiments.delete(made)
    with refused(INVALID, "active"):
        store.logged_models.create(made)


@pytest.mark.parametrize(
    ("key", "value"), [("", "v"), ("a" * 251, "v"), ("a//b", "v"), ("k", "\x00"), ("k", "\ud800")]
)
def test_params_and_tags_have_rules(store: Store, key: str, value: str) -> None:
    model = store.logged_models.create("0").model_id
    for call in (
        lambda: store.logged_models.create("0", params={key: value}),
        lambda: store.logged_models.create("0", tags={key: value}),
        lambda: store.logged_models.set_tags(model, {key: value}),
        lambda: store.logged_models.log_params(model, {key: value}),
    ):
        with refused(INVALID):
            call()
    assert len(store.logged_models.search(["0"])) == 1


def test_an_unknown_model_is_missing(store: Store) -> None:
    for model in (UNKNOWN, "x", "", "m-", "0" * 32):
        for call in (
            lambda model=model: store.logged_models.get(model),
            lambda model=model: store.logged_models.get(model, allow_deleted=True),
            lambda model=model: store.logged_models.finalize(model, LoggedModelStatus.READY),
            lambda model=model: store.logged_models.delete(model),
            lambda model=model: store.logged_models.set_tags(model, {"a": "b"}),
            lambda model=model: store.logged_models.delete_tag(model, "a"),
            lambda model=model: store.logged_models.log_params(model, {"a": "b"}),
        ):
            with refused(MISSING):
                call()


@pytest.mark.parametrize("status", [LoggedModelStatus.READY, LoggedModelStatus.FAILED])
def test_finalizing_sets_the_state(store: Store, status: LoggedModelStatus) -> None:
    made = store.logged_models.create("0")
    model = store.logged_models.finalize(made.model_id, status)
    assert model.status == status
    assert model.last_updated_timestamp >= made.last_updated_timestamp
    assert store.logged_models.get(made.model_id) == model


def test_a_deleted_model_is_shown_only_on_request(store: Store) -> None:
    model = store.logged_models.create("0").model_id
    for _ in range(2):
        store.logged_models.delete(model)
    assert store.logged_models.get(model, allow_deleted=True).model_id == model
    assert store.logged_models.search(["0"]) == []
    for call in (
        lambda: store.logged_models.get(model),
        lambda: store.logged_models.finalize(model, LoggedModelStatus.READY),
        lambda: store.logged_models.set_tags(model, {"a": "b"}),
        lambda: store.logged_models.delete_tag(model, "a"),
        lambda: store.logged_models.log_params(model, {"a": "b"}),
    ):
        with refused(MISSING, model):
            call()


def test_tags_are_set_replaced_and_removed(store: Store) -> None:
    model = store.logged_models.create("0", tags={"a": "1"}).model_id
    store.logged_models.set_tags(model, {"a": "2", "b": ""})
    assert store.logged_models.get(model).tags == {"a": "2", "b": ""}
    store.logged_models.delete_tag(model, "a")
    assert store.logged_models.get(model).tags == {"b": ""}
    with refused(MISSING, "a"):
        store.logged_models.delete_tag(model, "a")


def test_params_are_written_once(store: Store) -> None:
    model = store.logged_models.create("0", params={"a": "1"}).model_id
    store.logged_models.log_params(model, {"a": "1", "b": "2"})
    with refused(INVALID, "'a'"):
        store.logged_models.log_params(model, {"c": "3", "a": "x"})
    assert store.logged_models.get(model).params == {"a": "1", "b": "2"}


def test_a_model_shows_the_latest_of_each_metric_and_dataset(store: Store, run_id: str) -> None:
    model = store.logged_models.create("0").model_id
    store.runs.log_batch(
        run_id,
        [
            Metric("m", 1.0, 10, 9, model, "train", "1"), Metric("m", 2.0, 20, 1, model, "train", "1"),
            Metric("m", 3.0, 5, 1, model, "test", "1"), Metric("m", 4.0, 1, 1, model),
        ],
    )  # fmt: skip
    found = {(point.dataset_name, point.value) for point in store.logged_models.get(model).metrics or ()}
    assert found == {("train", 2.0), ("test", 3.0), (None, 4.0)}


@pytest.fixture
def models(store: Store, run_id: str) -> dict[str, str]:
    """Four models by name."""
    made = {}
    for name, kind, params, tags in (
        ("apple", "fruit", {"depth": "3"}, {"colour": "red"}),
        ("Apple", "fruit", {"depth": "12"}, {}),
        ("bean", None, {}, {"colour": "green"}),
        ("corn", "grain", {"depth": "x"}, {}),
    ):
        made[name] = store.logged_models.create(
            "0", name, kind, run_id if name == "bean" else None, params, tags
        ).model_id
    store.runs.log_batch(
        run_id,
        [
            Metric("acc", 0.5, 1, 1, made["apple"], "train", "1"), Metric("acc", 0.9, 2, 2, made["apple"], "test", "1"),
            Metric("acc", 0.7, 1, 1, made["Apple"], "train", "2"), Metric("acc", math.nan, 1, 1, made["bean"]),
        ],
    )  # fmt: skip
    store.logged_models.finalize(made["apple"], LoggedModelStatus.READY)
    return made


@pytest.mark.parametrize(
    ("filter_string", "names"),
    [
        ("", "apple Apple bean corn"),
        ("name = 'apple'", "apple"),
        ("name != 'apple'", "Apple bean corn"),
        ("name LIKE 'a%'", "apple"),
        ("name ILIKE 'a%'", "apple Apple"),
        ("name IN ('apple', 'corn')", "apple corn"),
        ("name NOT IN ('apple', 'corn')", "Apple bean"),
        ("model_type = 'fruit'", "apple Apple"),
        ("model_type != 'fruit'", "corn"),
        ("model_type IS NULL", "bean"),
        ("status = 'READY'", "apple"),
        ("status != 'READY'", "Apple bean corn"),
        ("source_run_id IS NOT NULL", "bean"),
        ("params.depth = '3'", "apple"),
        ("params.depth = 3.0", "apple"),
        ("params.depth > 5", "Apple"),
        ("params.depth IS NULL", "bean"),
        ("tags.colour = 'green'", "bean"),
        ("tags.colour != 'green'", "apple"),
        ("tags.colour LIKE '%e%'", "apple bean"),
        ("metrics.acc > 0.6", "apple Apple"),
        ("metrics.acc < 0.8", "Apple"),
        ("metrics.acc != 0.9", "Apple bean"),
        ("metrics.acc IS NULL", "corn"),
        ("metrics.acc IS NOT NULL", "apple Apple bean"),
        ("metrics.other = 1", ""),
        ("NOT metrics.acc > 0.6", "bean corn"),
        ("creation_timestamp > 0", "apple Apple bean corn"),
        ("creation_timestamp > 0 AND last_updated_timestamp < 9", ""),
    ],
)
def test_search_filters(store: Store, models: dict[str, str], filter_string: str, names: str) -> None:
    found = store.logged_models.search(["0"], filter_string)
    assert {model.name for model in found} == set(names.split())


def test_search_by_id_and_run(store: Store, models: dict[str, str], run_id: str) -> None:
    def names(filter_string: str) -> set[str]:
        return {model.name for model in store.logged_models.search(["0"], filter_string)}

    assert names(f"model_id = '{models['corn']}'") == {"corn"}
    assert names(f"model_id IN ('{models['corn']}', 'x')") == {"corn"}
    assert names(f"source_run_id = '{run_id}'") == {"bean"}
    assert names("source_run_id = 'x'") == set()
    assert names("experiment_id = '0'") == {"apple", "Apple", "bean", "corn"}
    assert names("experiment_id != '0'") == set()


@pytest.mark.parametrize(
    ("datasets", "names"),
    [
        ([DatasetFilter("train")], "Apple"),
        ([DatasetFilter("train", "1")], ""),
        ([DatasetFilter("test")], "apple"),
        ([DatasetFilter("train"), DatasetFilter("test")], "apple Apple"),
        ([DatasetFilter("other")], ""),
    ],
)
def test_metrics_of_a_filter_count_where_measured_on_a_dataset(
    store: Store, models: dict[str, str], datasets: list[DatasetFilter], names: str
) -> None:
    found = store.logged_models.search(["0"], "metrics.acc > 0.6", datasets)
    assert {model.name for model in found} == set(names.split())


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ([ModelOrder("name")], "Apple apple bean corn"),
        ([ModelOrder("name", False)], "corn bean apple Apple"),
        ([ModelOrder("attributes.name", False)], "corn bean apple Apple"),
        ([ModelOrder("model_type"), ModelOrder("name")], "Apple apple corn bean"),
        ([ModelOrder("model_type", False), ModelOrder("name")], "corn Apple apple bean"),
        ([ModelOrder("metrics.acc"), ModelOrder("name")], "Apple apple bean corn"),
        ([ModelOrder("metrics.acc", False), ModelOrder("name")], "apple Apple bean corn"),
        ([ModelOrder("metrics.acc", True, "train", "1"), ModelOrder("name", False)], "apple corn bean Apple"),
        ([ModelOrder("metrics.other"), ModelOrder("name")], "Apple apple bean corn"),
        ([ModelOrder("name"), ModelOrder("name", False)], "Apple apple bean corn"),
    ],
)
def test_search_orders(store: Store, models: dict[str, str], order: list[ModelOrder], names: str) -> None:
    found = store.logged_models.search(["0"], order_by=order)
    assert [model.name for model in found] == names.split()
    paged: list[str] = []
    token: str | None = None
    for _ in range(4):
        page = store.logged_models.search(["0"], order_by=order, max_results=1, page_token=token)
        paged += [model.name for model in page]
        token = page.token
    assert paged == names.split()
    assert token is None


def test_search_shows_the_newest_first(store: Store, models: dict[str, str]) -> None:
    found = store.logged_models.search(["0"])
    times = [(-model.creation_timestamp, model.model_id) for model in found]
    assert times == sorted(times)


def test_search_looks_only_in_the_experiments_given(store: Store) -> None:
    other = store.experiments.create("other")
    store.logged_models.create("0", "here")
    store.logged_models.create(other, "there")
    assert [model.name for model in store.logged_models.search([other])] == ["there"]
    assert len(store.logged_models.search(["0", other, "987654"])) == 2
    assert store.logged_models.search([]) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"max_results": 0}, {"max_results": -1}, {"page_token": "x"}, {"filter_string": "nonsense = 'a'"},
        {"filter_string": "metrics.acc > 'x'"}, {"order_by": [ModelOrder("nonsense")]}, {"order_by": [ModelOrder("")]},
        {"order_by": [ModelOrder("metrics.")]}, {"experiment_ids": ["x"]}, {"filter_string": "name = 'a\x00'"},
    ],
)  # fmt: skip
def test_a_search_that_breaks_a_rule_is_refused(store: Store, bad: dict[str, Any]) -> None:
    with refused(INVALID):
        store.logged_models.search(**{"experiment_ids": ["0"], **bad})


def test_a_token_of_another_search_is_refused(store: Store, models: dict[str, str]) -> None:
    token = store.logged_models.search(["0"], max_results=1).token
    searches: list[dict[str, Any]] = [
        {"filter_string": "name != 'x'"},
        {"order_by": [ModelOrder("name")]},
        {"datasets": [DatasetFilter("train")]},
    ]
    for other in searches:
        with refused(INVALID, "page token"):
            store.logged_models.search(["0"], page_token=token, **other)
