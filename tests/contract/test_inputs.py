"""What every store does with the datasets and models that runs read and make."""

from __future__ import annotations

import pytest

from mlflow._storage.interface.store import Store
from mlflow.entities.dataset import Dataset
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.entities.tag import InputTag
from tests.contract.errors import INVALID, MISSING, refused


def used(name: str, digest: str = "1", context: str | None = None, **fields: str) -> DatasetInput:
    """A dataset as a run uses it."""
    dataset = Dataset(name, digest, fields.pop("source_type", "local"), fields.pop("source", "{}"), **fields)
    return DatasetInput(dataset, [InputTag("mlflow.data.context", context)] if context else [])


def test_datasets_are_linked_with_their_tags(store: Store, run_id: str) -> None:
    first = DatasetInput(
        Dataset("iris", "abc", "local", "/data/iris.csv", '{"a": 1}', '{"rows": 150}'),
        [InputTag("mlflow.data.context", "training"), InputTag("a", "")],
    )
    second = used("wine", schema="{}")
    store.inputs.log_inputs(run_id, [first, second])
    found = store.runs.get(run_id).inputs.dataset_inputs
    assert [item.dataset for item in found] == [first.dataset, second.dataset]
    assert {tag.key: tag.value for tag in found[0].tags} == {"mlflow.data.context": "training", "a": ""}
    assert found[1].tags == []


def test_a_dataset_linked_before_keeps_its_tags(store: Store, run_id: str) -> None:
    store.inputs.log_inputs(run_id, [used("iris", context="training")])
    store.inputs.log_inputs(run_id, [used("iris", context="test"), used("iris", context="other")])
    (found,) = store.runs.get(run_id).inputs.dataset_inputs
    assert [tag.value for tag in found.tags] == ["training"]


def test_of_datasets_with_one_name_and_digest_the_first_is_kept(store: Store) -> None:
    runs = [store.runs.create("0").info.run_id for _ in range(2)]
    store.inputs.log_inputs(runs[0], [used("iris", source="first")])
    store.inputs.log_inputs(runs[1], [used("iris", source="second"), used("iris", "2", source="third")])
    sources = [
        sorted(item.dataset.source for item in store.runs.get(run).inputs.dataset_inputs) for run in runs
    ]
    assert sources == [["first"], ["first", "third"]]


def test_experiments_share_no_datasets(store: Store) -> None:
    other = store.experiments.create("other")
    runs = [store.runs.create(experiment).info.run_id for experiment in ("0", other)]
    for number, run in enumerate(runs):
        store.inputs.log_inputs(run, [used("iris", source=str(number))])
    assert [store.runs.get(run).inputs.dataset_inputs[0].dataset.source for run in runs] == ["0", "1"]


def test_empty_fields_are_kept(store: Store, run_id: str) -> None:
    store.inputs.log_inputs(run_id, [used("", "", source_type="", source="")])
    (found,) = store.runs.get(run_id).inputs.dataset_inputs
    assert found.dataset == Dataset("", "", "", "")


@pytest.mark.parametrize(
    ("field", "limit"),
    [("name", 500), ("digest", 36), ("source", 65_535), ("schema", 1_048_575), ("profile", 16_777_215)],
)
def test_fields_of_datasets_have_limits(store: Store, run_id: str, field: str, limit: int) -> None:
    fields = {"name": "n", "digest": "d", "source_type": "local", "source": "s"}
    store.inputs.log_inputs(run_id, [DatasetInput(Dataset(**{**fields, field: "x" * limit}))])
    (found,) = store.runs.get(run_id).inputs.dataset_inputs
    assert len(getattr(found.dataset, field)) == limit
    with refused(INVALID, field, str(limit)):
        store.inputs.log_inputs(run_id, [DatasetInput(Dataset(**{**fields, field: "x" * (limit + 1)}))])


@pytest.mark.parametrize(
    ("key", "value"), [("k" * 256, "v"), ("k", "v" * 501), ("k\x00", "v"), ("k", "\ud800")]
)
def test_tags_of_datasets_have_limits(store: Store, run_id: str, key: str, value: str) -> None:
    dataset = Dataset("n", "d", "local", "s")
    with refused(INVALID):
        store.inputs.log_inputs(run_id, [DatasetInput(dataset, [InputTag(key, value)])])
    store.inputs.log_inputs(run_id, [DatasetInput(dataset, [InputTag("k" * 255, "v" * 500)])])


@pytest.mark.parametrize("field", ["name", "digest", "source_type", "source", "schema", "profile"])
@pytest.mark.parametrize("text", ["a\x00", "\ud800"])
def test_text_that_no_database_stores_is_refused(store: Store, run_id: str, field: str, text: str) -> None:
    fields = {"name": "n", "digest": "d", "source_type": "local", "source": "s"}
    with refused(INVALID, field):
        store.inputs.log_inputs(run_id, [DatasetInput(Dataset(**{**fields, field: text}))])


def test_models_are_linked_as_read_and_as_made(store: Store, run_id: str) -> None:
    first, second = (store.logged_models.create("0").model_id for _ in range(2))
    store.inputs.log_inputs(run_id, models=[LoggedModelInput(first)])
    store.inputs.log_outputs(run_id, [LoggedModelOutput(second, 3), LoggedModelOutput(first, 1)])
    store.inputs.log_outputs(run_id, [LoggedModelOutput(second, 5)])
    run = store.runs.get(run_id)
    assert run.inputs.model_inputs == [LoggedModelInput(first)]
    assert run.outputs.model_outputs == [LoggedModelOutput(first, 1), LoggedModelOutput(second, 5)]


def test_a_model_twice_in_one_call_is_linked_once(store: Store, run_id: str) -> None:
    model = store.logged_models.create("0").model_id
    store.inputs.log_inputs(run_id, models=[LoggedModelInput(model)] * 2)
    store.inputs.log_outputs(run_id, [LoggedModelOutput(model, 1), LoggedModelOutput(model, 2)])
    run = store.runs.get(run_id)
    assert run.inputs.model_inputs == [LoggedModelInput(model)]
    assert run.outputs.model_outputs == [LoggedModelOutput(model, 2)]


def test_an_unknown_run_or_model_is_missing(store: Store, run_id: str) -> None:
    unknown = "m-" + "0" * 32
    with refused(MISSING):
        store.inputs.log_inputs("0" * 32, [used("iris")])
    with refused(MISSING):
        store.inputs.log_outputs("0" * 32, [])
    with refused(MISSING, unknown):
        store.inputs.log_inputs(run_id, [used("iris")], [LoggedModelInput(unknown)])
    with refused(MISSING, unknown):
        store.inputs.log_outputs(run_id, [LoggedModelOutput(unknown, 0)])
    run = store.runs.get(run_id)
    assert run.inputs.dataset_inputs == []
    assert run.outputs.model_outputs == []


@pytest.mark.parametrize("step", [1 << 63, -(1 << 63) - 1])
def test_a_step_has_64_bits(store: Store, run_id: str, step: int) -> None:
    model = store.logged_models.create("0").model_id
    with refused(INVALID):
        store.inputs.log_outputs(run_id, [LoggedModelOutput(model, step)])


def test_datasets_of_experiments_are_listed_once_per_context(store: Store) -> None:
    other = store.experiments.create("other")
    runs = [store.runs.create(experiment).info.run_id for experiment in ("0", "0", other)]
    store.inputs.log_inputs(runs[0], [used("iris", context="train"), used("wine")])
    store.inputs.log_inputs(runs[1], [used("iris", context="test")])
    store.inputs.log_inputs(runs[2], [used("iris", context="train")])
    found = store.inputs.search_datasets(["0"])
    assert {(item.experiment_id, item.name, item.digest, item.context) for item in found} == {
        ("0", "iris", "1", "train"), ("0", "iris", "1", "test"), ("0", "wine", "1", None),
    }  # fmt: skip
    assert len(store.inputs.search_datasets(["0", other, other, "987654"])) == 4
    assert store.inputs.search_datasets([]) == []


def test_datasets_of_at_most_20_experiments_are_listed(store: Store) -> None:
    assert store.inputs.search_datasets([str(number) for number in range(20)]) == []
    with refused(INVALID, "20"):
        store.inputs.search_datasets([str(number) for number in range(21)])


def test_at_most_1000_datasets_are_listed(store: Store, run_id: str) -> None:
    store.inputs.log_inputs(run_id, [used(f"d{number}") for number in range(1005)])
    assert len(store.inputs.search_datasets(["0"])) == 1000
