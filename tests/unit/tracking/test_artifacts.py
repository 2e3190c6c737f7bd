from __future__ import annotations

from pathlib import Path

import pytest

import mlflow
from mlflow._session.stores import open_session_store
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.tracking.artifacts import download, list_artifacts, read_bytes, resolve_artifact_uri


@pytest.fixture
def run(session: Path) -> mlflow.entities.Run:
    """A run with files and a logged model of two files."""
    with mlflow.start_run() as run:
        mlflow.log_text("top", "top.txt")
        mlflow.log_text("deep", "a/b/deep %20#.txt")
        model = mlflow.initialize_logged_model("forest")
        (session / "MLmodel").write_text("m")
        mlflow.MlflowClient().log_model_artifact(model.model_id, "MLmodel")
        mlflow.MlflowClient().log_model_artifact(model.model_id, "MLmodel", "data")
    return run


def files(folder: str | Path) -> list[str]:
    root = Path(folder)
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


class TestDownload:
    def test_a_file_or_folder_comes_under_its_own_name(self, run: mlflow.entities.Run, session: Path) -> None:
        store, run_id = open_session_store(), run.info.run_id
        file = download(store, f"runs:/{run_id}/a/b/deep %20#.txt", session / "one")
        assert file == str(session / "one" / "deep %20#.txt")
        assert Path(file).read_text() == "deep"
        folder = download(store, f"runs:/{run_id}/a", session / "two")
        assert folder == str(session / "two" / "a")
        assert files(folder) == ["b/deep %20#.txt"]

    @pytest.mark.parametrize("form", ["runs:/{}", "runs:/{}/", "runs://{}"])
    def test_all_of_a_run_becomes_the_folder_with_its_models(
        self, run: mlflow.entities.Run, session: Path, form: str
    ) -> None:
        folder = download(open_session_store(), form.format(run.info.run_id), session / "all")
        assert folder == str(session / "all")
        assert files(folder) == ["a/b/deep %20#.txt", "forest/MLmodel", "forest/data/MLmodel", "top.txt"]

    def test_parts_of_a_run_are_copied_even_when_they_are_local(self, run: mlflow.entities.Run) -> None:
        local = Path(download(open_session_store(), f"runs:/{run.info.run_id}/top.txt"))
        local.unlink()
        assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/top.txt") == "top"

    def test_local_paths_and_whole_local_runs_stay_where_they_are(self, run: mlflow.entities.Run) -> None:
        store = open_session_store()
        assert run.info.artifact_uri is not None
        with mlflow.start_run() as without_models:
            mlflow.log_text("t", "t.txt")
        assert download(store, f"runs:/{without_models.info.run_id}") == without_models.info.artifact_uri
        path = f"{run.info.artifact_uri}/top.txt"
        assert download(store, path) == path
        assert download(store, Path(path).as_uri()) == path

    def test_a_logged_model_is_reached_by_run_and_by_id(
        self, run: mlflow.entities.Run, session: Path
    ) -> None:
        store = open_session_store()
        model = mlflow.last_logged_model()
        assert model is not None
        for uri in (f"runs:/{run.info.run_id}/forest", f"models:/{model.model_id}"):
            folder = download(store, uri, session / uri.partition(":")[0])
            assert files(folder) == ["MLmodel", "data/MLmodel"]
        inner = download(store, f"models:/{model.model_id}/data", session / "inner")
        assert files(inner) == ["MLmodel"]
        assert read_bytes(store, f"runs:/{run.info.run_id}/forest/data/MLmodel") == b"m"

    def test_what_is_not_there_is_named(self, run: mlflow.entities.Run, session: Path) -> None:
        uri = f"runs:/{run.info.run_id}/nope.txt"
        with pytest.raises(ResourceDoesNotExist, match=r"runs:/.*/nope\.txt"):
            download(open_session_store(), uri, session / "out")

    @pytest.mark.parametrize("uri", ["runs:/", "runs:/<run_id>/model", "runs:/{run_id}/model"])
    def test_a_placeholder_is_no_run(self, uri: str) -> None:
        with pytest.raises(InvalidParameterValue, match="Not a proper runs:/ URI"):
            download(open_session_store(), uri)

    def test_registered_models_are_said_to_be_missing(self) -> None:
        with pytest.raises(ResourceDoesNotExist, match="forest"):
            resolve_artifact_uri(open_session_store(), "models:/forest/1")


class TestListing:
    def test_paths_are_those_of_the_run(self, run: mlflow.entities.Run) -> None:
        store, run_id = open_session_store(), run.info.run_id
        assert [info.path for info in list_artifacts(store, f"runs:/{run_id}")] == ["a", "forest", "top.txt"]
        assert [info.path for info in list_artifacts(store, f"runs:/{run_id}/a")] == ["a/b"]
        assert [info.path for info in list_artifacts(store, f"runs:/{run_id}/forest/data")] == [
            "forest/data/MLmodel"
        ]

    def test_a_local_folder_is_listed_too(self, run: mlflow.entities.Run) -> None:
        found = list_artifacts(open_session_store(), f"{run.info.artifact_uri}/a")
        assert [info.path for info in found] == ["a/b"]

    def test_a_model_is_listed_by_its_id(self, run: mlflow.entities.Run) -> None:
        del run
        model = mlflow.last_logged_model()
        assert model is not None
        found = list_artifacts(open_session_store(), f"models:/{model.model_id}")
        assert [(info.path, info.is_dir) for info in found] == [("MLmodel", False), ("data", True)]
