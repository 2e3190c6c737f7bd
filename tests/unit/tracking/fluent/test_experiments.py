from __future__ import annotations

import pytest

import mlflow
from mlflow.entities import ViewType
from mlflow.exceptions import InvalidParameterValue, NotSupported, ResourceAlreadyExists, ResourceDoesNotExist


def test_setting_an_unknown_name_makes_the_experiment() -> None:
    made = mlflow.set_experiment("new")
    assert (made.name, made.lifecycle_stage) == ("new", "active")
    assert mlflow.set_experiment("new") == made
    assert mlflow.set_experiment(experiment_id=made.experiment_id) == made


@pytest.mark.parametrize("arguments", [{}, {"experiment_name": "a", "experiment_id": "0"}])
def test_exactly_one_of_name_and_id_is_given(arguments: dict[str, str]) -> None:
    with pytest.raises(InvalidParameterValue, match="Must specify exactly one of"):
        mlflow.set_experiment(**arguments)


def test_setting_an_unknown_id_is_refused() -> None:
    with pytest.raises(ResourceDoesNotExist):
        mlflow.set_experiment(experiment_id="77")


def test_a_deleted_experiment_cannot_be_set() -> None:
    made = mlflow.create_experiment("gone")
    mlflow.delete_experiment(made)
    with pytest.raises(InvalidParameterValue, match=r"restore_experiment\('1'\)"):
        mlflow.set_experiment("gone")
    mlflow.restore_experiment(made)
    assert mlflow.set_experiment("gone").experiment_id == made


def test_a_run_that_is_active_stays_where_it_is_and_this_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with mlflow.start_run() as run:
        mlflow.set_experiment("later")
        assert f"The active run {run.info.run_id} stays in its experiment 0" in capsys.readouterr().err
        with mlflow.start_run(nested=True) as child:
            pass
    assert mlflow.get_run(run.info.run_id).info.experiment_id == "0"
    assert mlflow.get_experiment(child.info.experiment_id).name == "later"


def test_creating_does_not_choose() -> None:
    made = mlflow.create_experiment("made", tags={"n": 1})
    assert mlflow.get_experiment(made).tags == {"n": "1"}
    with mlflow.start_run() as run:
        assert run.info.experiment_id == "0"
    with pytest.raises(ResourceAlreadyExists):
        mlflow.create_experiment("made")


def test_an_unknown_name_is_none_and_an_unknown_id_an_error() -> None:
    assert mlflow.get_experiment_by_name("nope") is None
    with pytest.raises(ResourceDoesNotExist):
        mlflow.get_experiment("77")


def test_searches_and_the_older_name_answer_lists() -> None:
    for name in ("a1", "a2", "b"):
        mlflow.create_experiment(name)
    mlflow.delete_experiment("3")
    found = mlflow.search_experiments(filter_string="name LIKE 'a%'", order_by=["name ASC"])
    assert [experiment.name for experiment in found] == ["a1", "a2"]
    assert {experiment.name for experiment in mlflow.list_experiments()} == {"a2", "a1", "Default"}
    assert len(mlflow.search_experiments(view_type=ViewType.ALL)) == 4
    assert len(mlflow.search_experiments(max_results=1)) == 1


def test_tags_are_those_of_the_active_experiment() -> None:
    chosen = mlflow.set_experiment("mine").experiment_id
    mlflow.set_experiment_tag("a", 1)
    mlflow.set_experiment_tags({"b": 2, "c": 3})
    mlflow.delete_experiment_tag("c")
    assert mlflow.get_experiment(chosen).tags == {"a": "1", "b": "2"}


@pytest.mark.parametrize("function", [mlflow.create_experiment, mlflow.set_experiment])
def test_traces_cannot_be_kept_elsewhere(function: object) -> None:
    assert callable(function)
    with pytest.raises(NotSupported, match="leave out `trace_location`"):
        function("e", trace_location=object())
