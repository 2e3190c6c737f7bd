from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlflow import artifacts
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.exceptions import BadRequest, InvalidParameterValue, MlflowException, ResourceDoesNotExist
from mlflow.tracking.client import MlflowClient


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MlflowClient]:
    from mlflow._storage.open import forget_stores

    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.chdir(tmp_path)
    yield MlflowClient(tracking_uri=uri)
    forget_stores()


@pytest.fixture
def run_id(client: MlflowClient) -> str:
    run = client.create_run(client.create_experiment("fetching"))
    return str(run.info.run_id)


@pytest.fixture
def plots(client: MlflowClient, run_id: str) -> str:
    """A folder of the run with a file and a folder in it."""
    client.log_text(run_id, "curve", "plots/roc.txt")
    client.log_text(run_id, '{"a": [1, 2]}', "plots/deep/b.json")
    client.log_text(run_id, "root", "root.txt")
    return f"runs:/{run_id}/plots"


def files(folder: str | Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


def test_a_file_a_folder_and_a_whole_run_are_fetched(plots: str, run_id: str, tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder"
    assert artifacts.download_artifacts(f"{plots}/roc.txt", dst_path=target) == str(target / "roc.txt")
    assert (target / "roc.txt").read_text() == "curve"
    assert artifacts.download_artifacts(plots, dst_path=str(target)) == str(target / "plots")
    assert files(target / "plots") == ["deep/b.json", "roc.txt"]
    deep = artifacts.download_artifacts(run_id=run_id, artifact_path="plots/deep", dst_path=str(target))
    assert files(deep) == ["b.json"]
    assert artifacts.download_artifacts(run_id=run_id, dst_path=str(tmp_path / "all")) == str(
        tmp_path / "all"
    )
    assert files(tmp_path / "all") == ["plots/deep/b.json", "plots/roc.txt", "root.txt"]


def test_without_a_target_the_answer_is_a_path_that_can_be_read(plots: str, run_id: str) -> None:
    assert Path(artifacts.download_artifacts(f"{plots}/roc.txt")).read_text() == "curve"
    assert files(artifacts.download_artifacts(plots)) == ["deep/b.json", "roc.txt"]
    assert files(artifacts.download_artifacts(run_id=run_id)) == [
        "plots/deep/b.json",
        "plots/roc.txt",
        "root.txt",
    ]


def test_a_local_path_stays_where_it_is_unless_a_target_is_named(
    tmp_path: Path, client: MlflowClient
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/x y%.txt").write_text("local")
    for uri in (str(tmp_path / "data/x y%.txt"), "data/x y%.txt", (tmp_path / "data/x y%.txt").as_uri()):
        assert artifacts.download_artifacts(uri) == str(tmp_path / "data/x y%.txt")
        assert artifacts.load_text(uri) == "local"
    copy = artifacts.download_artifacts("data/x y%.txt", dst_path=str(tmp_path / "copy"))
    assert Path(copy).read_text() == "local"
    assert [info.path for info in artifacts.list_artifacts(str(tmp_path / "data"))] == ["data/x y%.txt"]


def test_listing_a_run_gives_paths_of_the_run(plots: str, run_id: str) -> None:
    def paths(**where: str) -> list[tuple[str, int | None]]:
        return [(info.path, info.file_size) for info in artifacts.list_artifacts(**where)]

    assert paths(run_id=run_id) == [("plots", None), ("root.txt", 4)]
    assert paths(run_id=run_id, artifact_path="plots") == [("plots/deep", None), ("plots/roc.txt", 5)]
    assert paths(artifact_uri=plots) == [("plots/deep", None), ("plots/roc.txt", 5)]
    assert paths(artifact_uri=f"{plots}/roc.txt") == []
    assert paths(run_id=run_id, artifact_path="nowhere") == []


def test_what_is_not_there_is_said(plots: str, run_id: str, tmp_path: Path) -> None:
    for call in (
        lambda: artifacts.download_artifacts(f"{plots}/nothing", dst_path=str(tmp_path / "t")),
        lambda: artifacts.download_artifacts(run_id="0" * 32),
        lambda: artifacts.list_artifacts(run_id="0" * 32),
        lambda: artifacts.load_text(f"runs:/{run_id}/nothing.txt"),
        lambda: artifacts.download_artifacts("models:/m-" + "0" * 32),
    ):
        with pytest.raises(ResourceDoesNotExist):
            call()


def test_a_run_or_a_uri_is_named_and_not_both(run_id: str) -> None:
    for call in (
        artifacts.download_artifacts,
        artifacts.list_artifacts,
        lambda: artifacts.download_artifacts(artifact_uri="x", run_id=run_id),
        lambda: artifacts.list_artifacts(artifact_uri="x", run_id=run_id),
    ):
        with pytest.raises(InvalidParameterValue, match="Exactly one of"):
            call()
    with pytest.raises(InvalidParameterValue, match="`artifact_path` cannot"):
        artifacts.download_artifacts(artifact_uri="x", artifact_path="y")


@pytest.mark.parametrize("uri", ["runs:/<run_id>/model", "runs:/{run_id}/model", "runs:/"])
def test_a_placeholder_that_was_left_in_is_refused(client: MlflowClient, uri: str) -> None:
    with pytest.raises(MlflowException, match="Not a proper runs:/ URI"):
        artifacts.download_artifacts(uri)


@pytest.mark.parametrize("path", ["../../x", "%2e%2e/%2e%2e/x", "a/../../../x"])
def test_a_path_does_not_lead_out_of_the_run(run_id: str, path: str) -> None:
    for call in (artifacts.download_artifacts, artifacts.list_artifacts):
        with pytest.raises(InvalidParameterValue):
            call(run_id=run_id, artifact_path=path)


def test_text_json_and_yaml_are_loaded(client: MlflowClient, run_id: str, plots: str) -> None:
    assert artifacts.load_text(f"{plots}/roc.txt") == "curve"
    assert artifacts.load_dict(f"{plots}/deep/b.json") == {"a": [1, 2]}
    client.log_text(run_id, "a: [1, 2]", "b.yaml")
    assert artifacts.load_dict(f"runs:/{run_id}/b.yaml") == {"a": [1, 2]}
    for name, content in (("bad.json", "{"), ("bad.yml", "a: [")):
        client.log_text(run_id, content, name)
        with pytest.raises(BadRequest, match="Unable to form"):
            artifacts.load_dict(f"runs:/{run_id}/{name}")


def test_bytes_are_no_text_and_text_is_no_picture(
    client: MlflowClient, run_id: str, plots: str, tmp_path: Path
) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    client.log_artifact(run_id, str(tmp_path / "bytes"))
    with pytest.raises(BadRequest, match="no text"):
        artifacts.load_text(f"runs:/{run_id}/bytes")
    with pytest.raises(BadRequest, match="PIL Image"):
        artifacts.load_image(f"{plots}/roc.txt")


def test_a_picture_is_loaded(client: MlflowClient, run_id: str, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (3, 2), (255, 0, 0)).save(tmp_path / "red.png")
    client.log_artifact(run_id, str(tmp_path / "red.png"), "pictures")
    image = artifacts.load_image(f"runs:/{run_id}/pictures/red.png")
    assert (image.size, image.getpixel((0, 0))) == ((3, 2), (255, 0, 0))


def test_a_logged_model_is_found_by_its_id_and_among_its_runs_artifacts(
    client: MlflowClient, run_id: str, tmp_path: Path
) -> None:
    experiment_id = client.get_run(run_id).info.experiment_id
    model = client.create_logged_model(experiment_id, name="model", source_run_id=run_id)
    (tmp_path / "files").mkdir()
    (tmp_path / "files/MLmodel").write_text("flavors: {}")
    client.log_model_artifacts(model.model_id, str(tmp_path / "files"))
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    for uri in (f"models:/{model.model_id}", f"runs:/{run_id}/model"):
        assert files(artifacts.download_artifacts(uri)) == ["MLmodel"]
        assert artifacts.load_text(f"{uri}/MLmodel") == "flavors: {}"
    assert [info.path for info in artifacts.list_artifacts(run_id=run_id)] == ["model"]
    assert [info.path for info in artifacts.list_artifacts(f"runs:/{run_id}/model")] == ["model/MLmodel"]
    assert [info.path for info in artifacts.list_artifacts(f"models:/{model.model_id}")] == ["MLmodel"]
    target = tmp_path / "target"
    assert artifacts.download_artifacts(f"models:/{model.model_id}", dst_path=target) == str(target)
    assert files(target) == ["MLmodel"]
