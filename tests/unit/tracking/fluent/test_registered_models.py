"""Registering models from wherever they are, and loading them by what the registry calls them."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import InvalidParameterValue, ResourceAlreadyExists, ResourceDoesNotExist
from mlflow.models.model import ModelInfo


class _Doubling(mlflow.pyfunc.PythonModel):
    def predict(self, context: object, model_input: list[float]) -> list[float]:
        del context
        return [2 * value for value in model_input]


@pytest.fixture(autouse=True)
def tracking() -> str:
    """The registry has a contract that servers keep too; loading models takes its time."""
    return "sqlite"


def _log(registered_model_name: str | None = None) -> tuple[str, ModelInfo]:
    with mlflow.start_run() as run:
        info = mlflow.pyfunc.log_model(
            name="model", python_model=_Doubling(), registered_model_name=registered_model_name
        )
    return run.info.run_id, info


def _predicts(uri: str) -> bool:
    return bool(mlflow.pyfunc.load_model(uri).predict([1.0]) == [2.0])


def test_a_model_is_registered_as_it_is_logged() -> None:
    run_id, info = _log("doubling")
    assert info.registered_model_version == 1
    version = MlflowClient().get_model_version("doubling", 1)
    assert (version.source, version.run_id, version.model_id) == (info.model_uri, run_id, info.model_id)
    assert _log("doubling")[1].registered_model_version == 2


def test_a_model_is_registered_from_its_run_itself_or_a_folder() -> None:
    run_id, info = _log()
    made = [
        mlflow.register_model(f"runs:/{run_id}/model", "doubling", tags={"a": 1}),
        mlflow.register_model(info.model_uri, "doubling"),
        mlflow.register_model("models:/doubling/1", "doubling"),
    ]
    folder = mlflow.artifacts.download_artifacts(info.model_uri, dst_path="folder")
    made.append(mlflow.register_model("folder", "doubling", description="From a folder"))
    assert [version.version for version in made] == ["1", "2", "3", "4"]
    assert [version.run_id for version in made] == [run_id, run_id, run_id, ""]
    assert (made[0].tags, made[3].description) == ({"a": "1"}, "From a folder")
    assert made[3].source == str(Path(folder).absolute())
    for version in made:
        assert _predicts(f"models:/doubling/{version.version}")


def test_a_version_is_loaded_by_stage_alias_and_as_the_latest() -> None:
    run_id, _ = _log("doubling")
    client = MlflowClient()
    client.create_model_version("doubling", f"runs:/{run_id}/model")
    client.transition_model_version_stage("doubling", 1, "Production")
    client.set_registered_model_alias("doubling", "champion", 2)
    for uri in ("models:/doubling/production", "models:/doubling@champion", "models:/doubling/latest"):
        assert _predicts(uri)
    with pytest.raises(ResourceDoesNotExist, match="Staging"):
        mlflow.pyfunc.load_model("models:/doubling/Staging")
    with pytest.raises(InvalidParameterValue, match="Did you mean 'Production'"):
        mlflow.pyfunc.load_model("models:/doubling/Productio")
    with pytest.raises(InvalidParameterValue, match="nobody"):
        mlflow.pyfunc.load_model("models:/doubling@nobody")


def test_files_of_a_version_are_listed_and_fetched(tmp_path: Path) -> None:
    _log("doubling")
    assert "MLmodel" in [info.path for info in mlflow.artifacts.list_artifacts("models:/doubling/1")]
    folder = mlflow.artifacts.download_artifacts("models:/doubling/latest", dst_path=tmp_path / "all")
    assert (Path(folder) / "MLmodel").is_file()
    assert Path(folder) == tmp_path / "all"
    assert "python_function" in mlflow.artifacts.load_text("models:/doubling/1/MLmodel")


def test_the_client_makes_the_name_and_takes_the_run_from_the_source() -> None:
    run_id, info = _log()
    version = MlflowClient().create_model_version("new", f"runs:/{run_id}/model")
    assert (version.version, version.run_id, version.model_id) == ("1", run_id, info.model_id)


def test_a_version_is_copied_with_what_is_said_about_it() -> None:
    run_id, _ = _log()
    client = MlflowClient()
    client.create_model_version("a", f"runs:/{run_id}/model", tags={"k": "v"}, description="Good")
    client.set_registered_model_alias("a", "best", 1)
    copied = client.copy_model_version("models:/a@best", "b")
    assert (copied.name, copied.version, copied.source) == ("b", "1", "models:/a/1")
    assert (copied.run_id, copied.tags, copied.description, copied.aliases) == (
        run_id,
        {"k": "v"},
        "Good",
        [],
    )
    assert _predicts("models:/b/1")
    with pytest.raises(InvalidParameterValue, match="register_model"):
        client.copy_model_version(f"runs:/{run_id}/model", "b")


def test_a_prompt_is_no_place_for_versions_of_models() -> None:
    client = MlflowClient()
    client.create_registered_model("p", {"mlflow.prompt.is_prompt": "true"})
    with pytest.raises(ResourceAlreadyExists, match="prompt"):
        client.create_model_version("p", "s3://b/k")


def test_a_source_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ResourceDoesNotExist, match="names a run that does not exist"):
        mlflow.register_model(f"runs:/{'0' * 32}/model", "x")
    with pytest.raises(ResourceDoesNotExist):
        mlflow.register_model("models:/m-" + "0" * 32, "x")
    assert mlflow.search_model_versions() == []


def test_the_registry_may_be_elsewhere() -> None:
    mlflow.set_registry_uri("sqlite:///registry.db")
    _, info = _log("doubling")
    assert info.registered_model_version == 1
    assert _predicts("models:/doubling/1")
    assert [model.name for model in mlflow.search_registered_models()] == ["doubling"]
    mlflow.set_registry_uri(None)
    assert mlflow.search_registered_models() == []
    assert MlflowClient(registry_uri="sqlite:///registry.db").get_model_version("doubling", 1).run_id


def test_everything_registered_is_found_page_after_page() -> None:
    client = MlflowClient()
    for number in range(3):
        client.create_registered_model(f"m{number}", {"parity": number % 2})
        client.create_model_version(f"m{number}", "s3://b/k")
    assert [model.name for model in mlflow.search_registered_models(2)] == ["m0", "m1"]
    assert [model.name for model in mlflow.search_registered_models(filter_string="tags.parity = '1'")] == [
        "m1"
    ]
    assert len(mlflow.search_model_versions(order_by=["name ASC"])) == 3
    mlflow.set_model_version_tag("m0", "1", "k", 5)
    assert client.get_model_version("m0", "1").tags == {"k": "5"}
    client.set_model_version_tag("m0", key="k", value=6, stage="None")
    client.delete_model_version_tag("m0", key="k", stage="None")
    assert client.get_model_version("m0", "1").tags == {}
    assert client.get_model_version_stages("m0", "1") == ["None", "Staging", "Production", "Archived"]
    assert len(client.list_registered_models(2)) == 2
