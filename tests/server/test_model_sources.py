"""Sources of model versions that a server takes, and those that it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlflow._storage.sql.store import SqlStore
from mlflow.exceptions import InvalidParameterValue
from mlflow.server.artifacts import ServerArtifacts
from mlflow.server.context import Context
from mlflow.server.model_sources import check_model_source


@pytest.fixture
def context(served_store: SqlStore) -> Context:
    """What handlers work with."""
    return Context(served_store, ServerArtifacts(served_store))


def _place(context: Context, run_id: str) -> str:
    """Folder of a run's artifacts on this machine."""
    uri = context.store.runs.get(run_id).info.artifact_uri
    assert uri
    return context.store.settings.place_of(uri).uri


def test_files_of_the_named_run_are_taken(context: Context) -> None:
    run_id = context.store.runs.create("0").info.run_id
    other = context.store.runs.create("0").info.run_id
    folder = _place(context, run_id)
    proxied = f"mlflow-artifacts:/0/{run_id}/artifacts/model"
    web = f"http://127.0.0.1:5000/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/model"
    for source in (f"{folder}/model", Path(folder, "model").as_uri(), proxied, web, f"runs:/{run_id}/model"):
        check_model_source(context, source, run_id, "")
        for wrong in ("", other, "0" * 32):
            with pytest.raises(InvalidParameterValue, match="Invalid model version source"):
                check_model_source(context, source, wrong, "")


def test_files_of_the_named_logged_model_are_taken(context: Context) -> None:
    model = context.store.logged_models.create("0")
    source = f"mlflow-artifacts:/0/models/{model.model_id}/artifacts"
    check_model_source(context, source, "", model.model_id)
    with pytest.raises(InvalidParameterValue):
        check_model_source(context, source, "", "m-" + "0" * 32)


@pytest.mark.parametrize(
    "tail", ["../../secret", "%2e%2e/secret", "%252e%252e/secret", "a/../../b", "..\\x", "\x00"]
)
def test_nothing_climbs_out(context: Context, tail: str) -> None:
    run_id = context.store.runs.create("0").info.run_id
    for source in (
        f"{_place(context, run_id)}/{tail}",
        f"mlflow-artifacts:/0/{run_id}/artifacts/{tail}",
        f"s3://bucket/{tail}",
        f"runs:/{run_id}/{tail}",
    ):
        with pytest.raises(InvalidParameterValue):
            check_model_source(context, source, run_id, "")


def test_a_neighbour_with_a_longer_name_is_outside(context: Context) -> None:
    run_id = context.store.runs.create("0").info.run_id
    with pytest.raises(InvalidParameterValue):
        check_model_source(context, f"{_place(context, run_id)}-other/model", run_id, "")


@pytest.mark.parametrize("source", ["/etc", "file:///etc/passwd", "model", "http://host/x", "sftp://host/x"])
def test_other_places_of_the_server_and_of_hosts_are_refused(context: Context, source: str) -> None:
    with pytest.raises(InvalidParameterValue):
        check_model_source(context, source, "", "")


@pytest.mark.parametrize("source", ["s3://bucket/key", "gs://bucket/key", "models:/x/1", "dummy-source"])
def test_other_sources_are_taken(context: Context, source: str) -> None:
    check_model_source(context, source, "", "")


def test_settings_say_more(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES", "http")
    check_model_source(context, "http://host/x", "", "")
    monkeypatch.setenv("MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX", "^s3://ours/")
    check_model_source(context, "s3://ours/x", "", "")
    with pytest.raises(InvalidParameterValue, match="s3://ours/"):
        check_model_source(context, "s3://theirs/x", "", "")
