from __future__ import annotations

import pytest

import mlflow
from mlflow.entities import Dataset, LoggedModelInput, LoggedModelOutput, RunInputs
from mlflow.exceptions import InvalidParameterValue


class Table:
    """A dataset as other packages implement it."""

    def _to_mlflow_entity(self) -> Dataset:
        return Dataset("table", "d2", "local", "{}")


WINE = Dataset("wine", "d1", "local", "{}")


def logged() -> RunInputs:
    run = mlflow.active_run()
    assert run is not None
    return mlflow.get_run(run.info.run_id).inputs


def uses() -> dict[str, dict[str, str]]:
    return {use.dataset.name: {tag.key: tag.value for tag in use.tags} for use in logged().dataset_inputs}


def test_a_dataset_is_linked_with_its_context() -> None:
    mlflow.log_input(WINE, "training", {"rows": 5})  # type: ignore[dict-item]  # becomes text
    assert uses() == {"wine": {"mlflow.data.context": "training", "rows": "5"}}


def test_several_are_linked_at_once() -> None:
    mlflow.log_inputs([WINE, Table()], contexts=["training", None])
    assert uses() == {"wine": {"mlflow.data.context": "training"}, "table": {}}


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(InvalidParameterValue, match="must have the same length, got 1, 2 and 1"):
        mlflow.log_inputs([WINE], contexts=["a", "b"])


def test_what_is_no_dataset_is_refused() -> None:
    with pytest.raises(InvalidParameterValue, match="A list is no dataset"):
        mlflow.log_input([1, 2])


def test_logged_models_are_linked_as_input_and_output() -> None:
    model_id = mlflow.create_external_model("m").model_id
    mlflow.log_input(model=LoggedModelInput(model_id))
    mlflow.log_outputs([LoggedModelOutput(model_id, 3)])
    run = mlflow.active_run()
    assert run is not None
    found = mlflow.get_run(run.info.run_id)
    assert found.inputs.model_inputs == [LoggedModelInput(model_id)]
    assert found.outputs.model_outputs == [LoggedModelOutput(model_id, 3)]
