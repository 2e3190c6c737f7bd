"""Where a server keeps artifacts, as its options say."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlflow._storage.sql.store import SqlStore
from mlflow.exceptions import InvalidParameterValue, StorageUnavailable
from mlflow.server.context import ServerSettings
from mlflow.server.run import ServerOptions, open_store


def _open(
    folder: Path, *, serve: bool = True, root: str | None = None, destination: str | None = None
) -> SqlStore:
    settings = ServerSettings(serve_artifacts=serve)
    return open_store(ServerOptions(f"sqlite:///{folder}/mlflow.db", root, destination, settings=settings))


def _locations(store: SqlStore, name: str) -> tuple[str, str]:
    """What clients are told about a new experiment, and where its artifacts really are."""
    location = store.experiments.get(store.experiments.create(name)).artifact_location
    place = store.settings.place_of(location).uri
    store.close()
    return location, place


def test_by_default_artifacts_pass_through_the_server_into_a_folder_beside_the_database(
    tmp_path: Path,
) -> None:
    assert _locations(_open(tmp_path), "a") == ("mlflow-artifacts:/1", f"{tmp_path}/mlartifacts/1")


@pytest.mark.parametrize("option", ["root", "destination"])
def test_a_folder_is_reached_through_the_server(tmp_path: Path, option: str) -> None:
    store = _open(tmp_path, **{option: f"{tmp_path}/files"})  # type: ignore[arg-type]  # arguments by name

    assert _locations(store, "a") == ("mlflow-artifacts:/1", f"{tmp_path}/files/1")


def test_an_object_store_as_default_root_is_reached_by_clients(tmp_path: Path) -> None:
    assert _locations(_open(tmp_path, root="s3://bucket/x"), "a") == ("s3://bucket/x/1", "s3://bucket/x/1")


@pytest.mark.parametrize("root", [None, "mlflow-artifacts:/"])
def test_an_object_store_as_destination_is_reached_through_the_server(
    tmp_path: Path, root: str | None
) -> None:
    store = _open(tmp_path, root=root, destination="s3://bucket/x")

    assert _locations(store, "a") == ("mlflow-artifacts:/1", "s3://bucket/x/1")


def test_without_serving_clients_are_told_the_folder_itself(tmp_path: Path) -> None:
    assert _locations(_open(tmp_path, serve=False), "a") == (f"{tmp_path}/mlruns/1", f"{tmp_path}/mlruns/1")


def test_another_root_is_for_new_experiments_and_old_ones_keep_their_place(tmp_path: Path) -> None:
    _open(tmp_path).close()
    store = _open(tmp_path, destination=f"{tmp_path}/other")
    old = store.experiments.get("0").artifact_location

    assert (
        store.settings.place_of(f"{old}/run/artifacts/f").uri == f"{tmp_path}/mlartifacts/0/run/artifacts/f"
    )
    assert _locations(store, "new") == ("mlflow-artifacts:/1", f"{tmp_path}/other/1")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageUnavailable, match="cannot be written to"):
        _open(tmp_path, destination=f"{tmp_path}/file/below")


def test_the_database_never_lies_among_the_artifacts_that_are_given_out(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="holds the database"):
        _open(tmp_path, destination=str(tmp_path))

    store = open_store(ServerOptions(f"file://{tmp_path}/runs"))
    assert _locations(store, "a") == ("mlflow-artifacts:/1", f"{tmp_path}/runs/artifacts/1")
