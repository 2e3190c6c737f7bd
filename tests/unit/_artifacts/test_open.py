from __future__ import annotations

from pathlib import Path

import pytest

from mlflow._artifacts.local import LocalArtifactStore
from mlflow._artifacts.open import open_artifacts
from mlflow.exceptions import InvalidParameterValue


def test_every_form_of_a_local_place_opens_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for uri in ("data", "./data", str(tmp_path / "data"), (tmp_path / "data").as_uri(), "file:data"):
        store = open_artifacts(uri)
        assert isinstance(store, LocalArtifactStore)
        assert store.root == tmp_path / "data"


def test_an_unknown_scheme_is_told_what_is_supported() -> None:
    with pytest.raises(InvalidParameterValue, match=r"'hdfs:'.*local path.*s3:.*mlflow\.artifact_repository"):
        open_artifacts("hdfs://host/x")


def test_a_secret_in_the_uri_is_not_shown() -> None:
    with pytest.raises(InvalidParameterValue) as error:
        open_artifacts("ftp://me:secret@host/x")
    assert "secret" not in error.value.message
    assert "ftp://me:***@host/x" in error.value.message


def test_artifacts_of_a_server_need_a_server() -> None:
    with pytest.raises(InvalidParameterValue, match="set_tracking_uri"):
        open_artifacts("mlflow-artifacts:/1/2")


@pytest.mark.parametrize(
    "uri", ["s3://", "s3:///prefix", "gs:///x", "wasbs://@account.blob.core.windows.net/x"]
)
def test_a_bucket_has_to_be_named(uri: str) -> None:
    with pytest.raises(InvalidParameterValue, match=r"names no (bucket|container)"):
        open_artifacts(uri)


def test_a_prefix_follows_the_rules_of_paths() -> None:
    with pytest.raises(InvalidParameterValue, match="Invalid artifact path"):
        open_artifacts("s3://bucket/../other")
