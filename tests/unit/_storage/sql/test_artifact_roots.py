"""Where artifacts are: relative to the database, so that its folder can be moved."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.store import SqlStore


def reopened(store: SqlStore, uri: str, *, proxied: bool = False) -> SqlStore:
    store.close()
    return open_sql_store(uri, proxied=proxied)


def test_artifacts_are_beside_the_database(tmp_path: Path) -> None:
    store = open_sql_store(f"sqlite:///{tmp_path / 'a.db'}")
    assert store.settings.artifact_root() == str(tmp_path / "mlruns")
    assert store.experiments.get("0").artifact_location == str(tmp_path / "mlruns" / "0")
    store.close()
    folder = open_sql_store(str(tmp_path / "runs"))
    assert folder.experiments.get("0").artifact_location == str(tmp_path / "runs" / "artifacts" / "0")
    assert (tmp_path / "runs" / "headrace.db").exists()
    folder.close()


@pytest.mark.parametrize("root", ["", "{folder}/art", "{folder}", "file://{folder}/a%20b"])
def test_a_folder_that_is_moved_keeps_its_artifacts(tmp_path: Path, root: str) -> None:
    before, after = tmp_path / "before", tmp_path / "elsewhere" / "after"
    store = open_sql_store(f"sqlite:///{before / 'a.db'}", root.format(folder=before) or None)
    made = store.experiments.create("a")
    inside = store.experiments.create("b", f"{store.settings.artifact_root()}/own/place")
    outside = store.experiments.create("c", "/data/c")
    uris = [
        store.runs.create(experiment).info.artifact_uri or "" for experiment in ("0", made, inside, outside)
    ]
    store.close()
    after.parent.mkdir()
    shutil.move(before, after)
    store = open_sql_store(f"sqlite:///{after / 'a.db'}")
    found = [
        store.runs.search([experiment])[0].info.artifact_uri or ""
        for experiment in ("0", made, inside, outside)
    ]
    assert found == [uri.replace(str(before), str(after)) for uri in uris]
    assert found[3] == uris[3]
    assert store.runs.search(["0"], f"artifact_uri = '{found[0]}'")
    store.close()


def test_a_server_and_a_script_mean_the_same_place(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'a.db'}"
    server = open_sql_store(uri, str(tmp_path / "mlartifacts"), proxied=True)
    made = server.experiments.create("a")
    assert server.experiments.get(made).artifact_location == f"mlflow-artifacts:/{made}"
    run = server.runs.create(made).info
    assert run.artifact_uri == f"mlflow-artifacts:/{made}/{run.run_id}/artifacts"
    place = server.settings.place_of(run.artifact_uri or "")
    script = reopened(server, uri)
    direct = script.runs.get(run.run_id).info.artifact_uri
    assert direct == f"{tmp_path}/mlartifacts/{made}/{run.run_id}/artifacts" == place.uri
    server = reopened(script, uri, proxied=True)
    assert server.settings.place_of(run.artifact_uri or "") == place
    server.close()


def test_a_location_that_names_the_proxy_is_below_the_root(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'a.db'}"
    server = open_sql_store(uri, str(tmp_path / "art"), proxied=True)
    made = server.experiments.create("a", "mlflow-artifacts:/my/place")
    assert server.experiments.get(made).artifact_location == "mlflow-artifacts:/my/place"
    script = reopened(server, uri)
    assert script.experiments.get(made).artifact_location == str(tmp_path / "art" / "my" / "place")
    script.close()


def test_changing_the_root_leaves_what_exists_where_it_is(store: SqlStore, tmp_path: Path) -> None:
    old = store.experiments.create("old")
    custom = store.experiments.create("custom", f"{store.settings.artifact_root()}/deep/er")
    before = [store.experiments.get(experiment).artifact_location for experiment in (old, custom)]
    store.settings.use_root("s3://bucket/x/")
    store.settings.use_root("s3://bucket/x")
    new = store.experiments.create("new")
    assert store.experiments.get(new).artifact_location == f"s3://bucket/x/{new}"
    assert [store.experiments.get(experiment).artifact_location for experiment in (old, custom)] == before
    with store.engine.reading() as cx:
        assert cx.one("SELECT count(*) FROM artifact_root") == (2,)
    old_root = str(tmp_path / "artifacts")
    for key, root in (
        (f"{old}/r/artifacts/f", old_root), (f"{new}/r", "s3://bucket/x"), ("deep/er/r/artifacts", old_root),
        ("deep", "s3://bucket/x"), ("unknown", "s3://bucket/x"), ("x" * 3000, "s3://bucket/x"),
    ):  # fmt: skip
        place = store.settings.place_of(f"mlflow-artifacts:/{key}")
        assert (place.root_uri, place.key) == (root, key)
    assert store.settings.place_of(f"mlflow-artifacts://host:5000/{new}/r").key == f"{new}/r"


def test_a_root_inside_of_another_is_found(store: SqlStore, tmp_path: Path) -> None:
    store.settings.use_root(str(tmp_path / "artifacts" / "inner"))
    new = store.experiments.create("new")
    place = store.settings.place_of(store.experiments.get(new).artifact_location)
    assert (place.root_uri, place.key) == (str(tmp_path / "artifacts" / "inner"), new)
    other = store.settings.place_of(str(tmp_path / "artifacts-2" / "x"))
    assert other.uri == str(tmp_path / "artifacts-2" / "x")


def test_roots_with_odd_characters_are_searched(tmp_path: Path) -> None:
    store = open_sql_store(f"sqlite:///{tmp_path / 'a.db'}", str(tmp_path / "what's 100%? \\x"))
    run = store.runs.create("0").info
    (found,) = store.runs.search(["0"], "artifact_uri LIKE '%100\\%? _x/0/%'".replace("\\%", "%"))
    assert found.info.artifact_uri == run.artifact_uri
    assert len(store.runs.search(["0"], order_by=["artifact_uri DESC"])) == 1
    store.close()
