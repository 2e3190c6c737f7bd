"""Entities are values: equal by what they hold, with the dictionary forms that users know."""

from __future__ import annotations

import pickle

import pytest

from mlflow.entities.dataset import Dataset
from mlflow.entities.experiment import Experiment
from mlflow.entities.lifecycle_stage import LifecycleStage
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run import Run
from mlflow.entities.run_data import RunData
from mlflow.entities.run_info import RunInfo
from mlflow.entities.run_inputs import DatasetInput, RunInputs
from mlflow.entities.run_status import RunStatus
from mlflow.entities.source_type import SourceType
from mlflow.entities.tag import ExperimentTag, InputTag, RunTag
from mlflow.entities.view_type import ViewType
from mlflow.exceptions import InvalidParameterValue

INFO = RunInfo("r", "1", "ada", "RUNNING", 1, None, "active", "/a", "name")
DATA = RunData([Metric("m", 0.5, 7, 3)], [Param("p", "1")], [RunTag("t", "x")])
RUN = Run(INFO, DATA, RunInputs([DatasetInput(Dataset("d", "1", "local", "{}"), [InputTag("k", "v")])]))


def test_entities_with_the_same_content_are_equal() -> None:
    assert Metric("a", 1.0, 2, 3) == Metric("a", 1.0, 2, 3)
    assert Metric("a", 1.0, 2, 3) != Metric("a", 1.0, 2, 4)
    tags: list[object] = [RunTag("a", "b"), ExperimentTag("a", "b")]
    assert tags[0] != tags[1]


@pytest.mark.parametrize("value", [RUN, INFO, DATA, Metric("a", 1.0, 2, 3)])
def test_entities_survive_pickling(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value


def test_entities_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        INFO.status = "FINISHED"  # type: ignore[misc]  # refused


def test_run_data_shows_the_latest_value_of_each_metric() -> None:
    assert (DATA.metrics, DATA.params, DATA.tags) == ({"m": 0.5}, {"p": "1"}, {"t": "x"})


def test_a_run_as_a_dictionary() -> None:
    assert RUN.to_dictionary() == {
        "info": dict(INFO),
        "data": {"metrics": {"m": 0.5}, "params": {"p": "1"}, "tags": {"t": "x"}},
        "inputs": {
            "model_inputs": [],
            "dataset_inputs": [{"dataset": dict(RUN.inputs.dataset_inputs[0].dataset), "tags": {"k": "v"}}],
        },
        "outputs": {"model_outputs": []},
    }
    assert Run.from_dictionary(RUN.to_dictionary()).info == INFO


def test_the_run_id_is_known_by_its_old_name() -> None:
    assert INFO.run_uuid == "r"


def test_an_experiment_keeps_its_tags_as_a_dictionary() -> None:
    experiment = Experiment("1", "n", "/a", "active", [ExperimentTag("k", "v")])

    assert experiment.tags == {"k": "v"}
    assert Experiment.from_dictionary(dict(experiment)) == experiment


def test_a_logged_model_takes_pairs_and_dictionaries() -> None:
    model = LoggedModel("1", "m-1", "net", "/a", 1, 2, tags={"k": "v"}, params={"p": "1"}, status=1)

    assert (model.tags, model.params) == ({"k": "v"}, {"p": "1"})
    assert model.status is LoggedModelStatus.PENDING
    assert model.model_uri == "models:/m-1"
    assert model.to_dictionary()["status"] == 1


@pytest.mark.parametrize("name", ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"])
def test_states_of_runs_have_names_and_numbers(name: str) -> None:
    assert RunStatus.to_string(RunStatus.from_string(name)) == name
    assert RunStatus.is_terminated(name) is (name not in ("RUNNING", "SCHEDULED"))


def test_unknown_states_and_kinds_are_named() -> None:
    with pytest.raises(Exception, match="DONE"):
        RunStatus.from_string("DONE")
    with pytest.raises(Exception, match="9"):
        RunStatus.to_string(9)
    with pytest.raises(Exception, match="CLOUD"):
        SourceType.from_string("CLOUD")
    assert SourceType.to_string(SourceType.from_string("LOCAL")) == "LOCAL"


def test_views_say_which_stages_they_show() -> None:
    assert LifecycleStage.view_type_to_stages(ViewType.from_string("deleted_only")) == ["deleted"]
    assert LifecycleStage.matches_view_type(ViewType.ALL, "active")
    assert ViewType.to_string(ViewType.ACTIVE_ONLY) == "active_only"
    with pytest.raises(InvalidParameterValue, match="nonsense"):
        ViewType.from_string("nonsense")
    with pytest.raises(InvalidParameterValue, match="gone"):
        LifecycleStage.matches_view_type(ViewType.ALL, "gone")
