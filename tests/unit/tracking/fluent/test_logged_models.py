from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import mlflow
from mlflow.data.pandas_dataset import from_pandas
from mlflow.exceptions import InvalidParameterValue, ResourceAlreadyExists, ResourceDoesNotExist


def test_a_model_is_pending_until_it_is_finalized() -> None:
    model = mlflow.initialize_logged_model("forest", tags={"a": 1}, params={"depth": 5})  # type: ignore[dict-item]  # becomes text
    assert str(model.status) == "PENDING"
    assert model.tags.items() >= {("a", "1"), ("mlflow.source.type", "LOCAL")}
    assert model.params == {"depth": "5"}
    assert str(mlflow.finalize_logged_model(model.model_id, "READY").status) == "READY"
    last = mlflow.last_logged_model()
    assert last is not None
    assert last.model_id == model.model_id


@pytest.mark.parametrize("status", ["PENDING", "DONE"])
def test_a_model_is_finalized_as_ready_or_failed(status: str) -> None:
    model = mlflow.initialize_logged_model()
    with pytest.raises(InvalidParameterValue, match="'READY' or 'FAILED'"):
        mlflow.finalize_logged_model(model.model_id, status)


def test_a_model_belongs_to_the_active_run_and_its_experiment() -> None:
    mlflow.set_experiment("mine")
    with mlflow.start_run() as run:
        mlflow.set_experiment("later")
        model = mlflow.initialize_logged_model("forest")
    assert (model.source_run_id, model.experiment_id) == (run.info.run_id, run.info.experiment_id)
    named = mlflow.initialize_logged_model("tree", source_run_id=run.info.run_id)
    assert named.experiment_id == run.info.experiment_id
    free = mlflow.initialize_logged_model("free")
    assert free.source_run_id is None
    assert mlflow.get_experiment(free.experiment_id).name == "later"


def test_an_external_model_is_ready_and_says_so() -> None:
    model = mlflow.create_external_model("elsewhere")
    assert str(model.status) == "READY"
    assert model.tags["mlflow.model.isExternal"] == "true"


def test_models_are_found_as_frame_and_as_list() -> None:
    for name in ("a", "b"):
        mlflow.create_external_model(name)
    frame = mlflow.search_logged_models()
    assert list(frame["name"]) == ["b", "a"]
    assert list(frame["status"]) == ["READY", "READY"]
    (found,) = mlflow.search_logged_models(filter_string="name = 'a'", output_format="list")
    assert found.name == "a"
    ordered = mlflow.search_logged_models(
        order_by=[{"field_name": "name", "ascending": True}], max_results=1, output_format="list"
    )
    assert [model.name for model in ordered] == ["a"]


@pytest.mark.parametrize(
    "arguments",
    [{"order_by": [{"ascending": True}]}, {"datasets": [{"dataset_digest": "d"}]}],
)
def test_incomplete_orders_and_datasets_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(InvalidParameterValue, match="is a dictionary with"):
        mlflow.search_logged_models(**arguments, output_format="list")  # type: ignore[call-overload]  # refused


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="Unsupported output format: table"):
        mlflow.search_logged_models(output_format="table")  # type: ignore[call-overload]  # refused


def test_tags_and_params_change() -> None:
    model_id = mlflow.create_external_model("m").model_id
    mlflow.set_logged_model_tags(model_id, {"a": 1, "b": 2})
    mlflow.delete_logged_model_tag(model_id, "a")
    mlflow.log_model_params({"depth": 5}, model_id)  # type: ignore[dict-item]  # becomes text
    found = mlflow.get_logged_model(model_id)
    assert "a" not in found.tags
    assert found.tags["b"] == "2"
    assert found.params == {"depth": "5"}


class TestActiveModel:
    def test_a_name_finds_the_newest_model_or_makes_one(self, capsys: pytest.CaptureFixture[str]) -> None:
        made = mlflow.set_active_model(name="my agent")
        assert "does not exist, creating one" in capsys.readouterr().err
        assert mlflow.set_active_model(name="my agent").model_id == made.model_id
        assert mlflow.get_active_model_id() == made.model_id

    def test_a_block_makes_the_one_before_active_again(self) -> None:
        first = mlflow.create_external_model("first").model_id
        second = mlflow.create_external_model("second").model_id
        mlflow.set_active_model(model_id=first)
        with mlflow.set_active_model(model_id=second) as active:
            assert active.name == "second"
            assert mlflow.get_active_model_id() == second
        assert mlflow.get_active_model_id() == first
        mlflow.clear_active_model()
        assert mlflow.get_active_model_id() is None

    def test_a_model_must_exist_and_be_meant(self) -> None:
        model_id = mlflow.create_external_model("first").model_id
        with pytest.raises(InvalidParameterValue, match="Either name or model_id"):
            mlflow.set_active_model()
        with pytest.raises(InvalidParameterValue, match="is named 'first', not 'second'"):
            mlflow.set_active_model(name="second", model_id=model_id)
        with pytest.raises(ResourceDoesNotExist):
            mlflow.set_active_model(model_id="m-" + "0" * 32)

    def test_params_go_to_it(self) -> None:
        with pytest.raises(InvalidParameterValue, match="no active model"):
            mlflow.log_model_params({"a": "1"})
        active = mlflow.set_active_model(name="m")
        mlflow.log_model_params({"a": "1"})
        assert mlflow.get_logged_model(active.model_id).params == {"a": "1"}


class TestMetricsOfModels:
    @pytest.fixture
    def models(self) -> dict[str, str]:
        """Ids of two models: one is better on what it learned from, the other on what it has not seen."""
        train, test = (from_pandas(pd.DataFrame({"a": [at]}), name=at) for at in ("train", "test"))
        found = {}
        with mlflow.start_run():
            for name, trained, tested in (("good", 0.9, 0.8), ("overfitted", 1.0, 0.5)):
                model_id = mlflow.initialize_logged_model(name).model_id
                mlflow.log_metric("acc", trained, model_id=model_id, dataset=train)
                mlflow.log_metrics({"acc": tested, "loss": 1.0}, model_id=model_id, dataset=test)
                found[name] = model_id
        return found

    def test_say_of_which_run_and_dataset_they_are(self, models: dict[str, str]) -> None:
        model = mlflow.get_logged_model(models["good"])
        assert model.metrics is not None
        assert {(point.key, point.dataset_name, point.value, point.run_id) for point in model.metrics} == {
            ("acc", "train", 0.9, model.source_run_id),
            ("acc", "test", 0.8, model.source_run_id),
            ("loss", "test", 1.0, model.source_run_id),
        }

    @pytest.mark.parametrize(
        ("dataset", "names"), [("train", ["overfitted", "good"]), ("test", ["good", "overfitted"])]
    )
    def test_order_models_by_dataset(self, dataset: str, names: list[str], models: dict[str, str]) -> None:
        order = [{"field_name": "metrics.acc", "ascending": False, "dataset_name": dataset}]
        found = mlflow.search_logged_models(order_by=order, output_format="list")
        assert [model.name for model in found] == names

    def test_filter_models_by_dataset(self, models: dict[str, str]) -> None:
        def found(**datasets: list[dict[str, str]]) -> set[str | None]:
            search = mlflow.search_logged_models
            wanted = search(filter_string="metrics.acc > 0.7", output_format="list", **datasets)  # type: ignore[call-overload]  # a keyword of it
            return {model.name for model in wanted}

        assert found(datasets=[{"dataset_name": "test"}]) == {"good"}
        assert found() == {"good"}  # the latest counts, which is that on what they have not seen

    def test_count_for_the_active_model(self) -> None:
        with mlflow.start_run(), mlflow.set_active_model(name="agent") as active:
            mlflow.log_metric("score", 0.5)
        model = mlflow.get_logged_model(active.model_id)
        assert [(point.key, point.value) for point in model.metrics or ()] == [("score", 0.5)]


def test_both_layouts_are_read(tmp_path: Path) -> None:
    """Files of a logged model, and of MLflow 2's models, which are artifacts of their run."""
    with mlflow.start_run() as run:
        info = mlflow.pyfunc.log_model(name="new", python_model=len, pip_requirements=["mlflow"])
        mlflow.pyfunc.save_model(tmp_path / "m", python_model=len, pip_requirements=["mlflow"])
        mlflow.log_artifacts(str(tmp_path / "m"), "old")
    run_id = run.info.run_id
    for uri in (info.model_uri, f"runs:/{run_id}/new", f"runs:/{run_id}/old"):
        assert mlflow.pyfunc.load_model(uri).predict(["a", "b"]) == 2
        assert mlflow.models.get_model_info(uri).flavors.keys() == {"python_function"}


class TestCheckpoints:
    @pytest.fixture
    def checkpoints(self, tmp_path: Path) -> Path:
        folder = tmp_path / "checkpoints"
        (folder / "epoch=2").mkdir(parents=True)
        (folder / "epoch=2" / "weights.bin").write_text("two")
        (folder / "epoch=1.ckpt").write_text("one")
        (folder / ".hidden").write_text("")
        return folder

    def test_become_models_of_the_run_with_their_files(self, checkpoints: Path) -> None:
        with mlflow.start_run() as run:
            made = mlflow.import_checkpoints(checkpoints, model_prefix="net")
        assert [(model.name, str(model.status), model.source_run_id) for model in made] == [
            ("net-epoch=1", "READY", run.info.run_id),
            ("net-epoch=2", "READY", run.info.run_id),
        ]
        files = [mlflow.artifacts.list_artifacts(f"models:/{model.model_id}") for model in made]
        assert [[file.path for file in found] for found in files] == [["epoch=1.ckpt"], ["weights.bin"]]

    def test_are_replaced_where_that_is_wanted(self, checkpoints: Path) -> None:
        with mlflow.start_run() as run:
            mlflow.import_checkpoints(checkpoints)
        with pytest.raises(ResourceAlreadyExists, match=r"models named \['epoch=1', 'epoch=2'\] already"):
            mlflow.import_checkpoints(checkpoints, run.info.run_id)
        (checkpoints / "epoch=1.ckpt").write_text("better")
        made = mlflow.import_checkpoints(checkpoints, run.info.run_id, overwrite_checkpoints=True)
        found = mlflow.search_logged_models(output_format="list")
        assert {model.model_id for model in found} == {model.model_id for model in made}
        assert mlflow.artifacts.load_text(f"models:/{made[0].model_id}/epoch=1.ckpt") == "better"

    def test_that_cannot_be_models_are_told_and_none_is_made(self, checkpoints: Path, tmp_path: Path) -> None:
        with pytest.raises(InvalidParameterValue, match="start an active run"):
            mlflow.import_checkpoints(checkpoints)
        (checkpoints / "epoch=1.pt").write_text("")
        (tmp_path / "empty").mkdir()
        with mlflow.start_run():
            for folder, error, message in (
                (checkpoints, InvalidParameterValue, "one name, 'epoch=1'"),
                (tmp_path / "empty", ResourceDoesNotExist, "no checkpoints in"),
                (tmp_path / "none", ResourceDoesNotExist, "no folder of checkpoints"),
            ):
                with pytest.raises(error, match=message):
                    mlflow.import_checkpoints(folder)
        assert mlflow.search_logged_models(output_format="list") == []
