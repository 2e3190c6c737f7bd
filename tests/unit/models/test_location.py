from __future__ import annotations

from pathlib import Path

import pytest

from mlflow.exceptions import InvalidParameterValue, MlflowException, ResourceDoesNotExist
from mlflow.models.location import fetch_file, refuse_placeholder, resolve_model_path


@pytest.mark.parametrize(
    "uri", ["runs:/<run_id>/model", "runs:/{run_id}/model", "models:/YOUR_MODEL/1", "<path>"]
)
def test_a_placeholder_left_in_is_called_that(uri: str) -> None:
    with pytest.raises(InvalidParameterValue, match="placeholder"):
        resolve_model_path(uri)


@pytest.mark.parametrize(
    "uri", ["runs:/0123abcd/model", "models:/your_model/1", "s3://bucket/a=b", "C:\\models\\x"]
)
def test_other_uris_have_no_placeholder(uri: str) -> None:
    refuse_placeholder(uri)


def test_local_folders_are_used_where_they_are(tmp_path: Path) -> None:
    assert resolve_model_path(tmp_path) == tmp_path
    assert resolve_model_path(tmp_path.as_uri()) == tmp_path
    with pytest.raises(ResourceDoesNotExist, match="There is no model at"):
        resolve_model_path(tmp_path / "nowhere")


def test_files_and_folders_are_copied_beside_a_model(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    (source / "a.txt").write_text("a")
    assert fetch_file(str(source / "a.txt"), target).read_text() == "a"
    assert (fetch_file(str(source), target) / "a.txt").read_text() == "a"
    with pytest.raises(MlflowException, match="There is no file"):
        fetch_file(str(source / "b.txt"), target)
