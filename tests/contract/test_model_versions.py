"""What every store does with versions of registered models."""

from __future__ import annotations

from functools import partial

import pytest

from mlflow._storage.interface.store import Store
from tests.contract.errors import INVALID, MISSING, refused


@pytest.fixture
def name(store: Store) -> str:
    """A registered model without versions."""
    return store.registered_models.create("fruit").name


def test_a_version_is_registered_and_found(store: Store, name: str) -> None:
    made = store.model_versions.create(
        name, "s3://bucket/key", "a run elsewhere", {"b": "2", "a": "1"}, "http://run", "First"
    )
    assert made == store.model_versions.get(name, "1")
    assert (made.name, made.version, made.current_stage, made.status) == (name, "1", "None", "READY")
    assert (made.source, made.run_id, made.run_link) == ("s3://bucket/key", "a run elsewhere", "http://run")
    assert (made.description, made.tags, made.aliases) == ("First", {"a": "1", "b": "2"}, [])
    bare = store.model_versions.create(name, "s3://bucket/key")
    assert (bare.version, bare.description, bare.run_id, bare.run_link) == ("2", "", "", "")
    assert store.model_versions.download_uri(name, "2") == "s3://bucket/key"


def test_numbers_are_never_used_twice(store: Store, name: str) -> None:
    for _ in range(3):
        store.model_versions.create(name, "s3://b/k")
    store.model_versions.delete(name, "3")
    assert store.model_versions.create(name, "s3://b/k").version == "4"


def test_what_is_not_there_is_missing(store: Store, name: str) -> None:
    with refused(MISSING, "nobody"):
        store.model_versions.create("nobody", "s3://b/k")
    store.model_versions.create(name, "s3://b/k")
    store.model_versions.delete(name, "1")
    for model, version in ((name, "1"), (name, "7"), ("nobody", "1")):
        which = (model, version)
        for call in (
            partial(store.model_versions.get, *which),
            partial(store.model_versions.update, *which, "d"),
            partial(store.model_versions.transition_stage, *which, "Staging"),
            partial(store.model_versions.delete, *which),
            partial(store.model_versions.download_uri, *which),
            partial(store.model_versions.set_tag, *which, "k", "v"),
            partial(store.model_versions.delete_tag, *which, "k"),
        ):
            with refused(MISSING, model, version):
                call()


@pytest.mark.parametrize("version", ["x", "", "1.0", "9" * 30, "\uff11"])
def test_a_version_is_a_whole_number(store: Store, name: str, version: str) -> None:
    with refused(INVALID):
        store.model_versions.get(name, version)


def test_a_logged_model_is_a_source(store: Store, name: str, run_id: str) -> None:
    model = store.logged_models.create("0", "m", source_run_id=run_id)
    made = store.model_versions.create(name, model.model_uri)
    assert (made.source, made.run_id, made.model_id) == (model.model_uri, run_id, model.model_id)
    assert store.model_versions.download_uri(name, "1") == model.artifact_location
    with refused(INVALID, "run_id"):
        store.model_versions.create(name, model.model_uri, "0" * 32)
    with refused(INVALID, "model_id"):
        store.model_versions.create(name, model.model_uri, model_id="m-" + "0" * 32)
    with refused(MISSING):
        store.model_versions.create(name, "models:/m-" + "0" * 32)


def test_a_version_is_a_source(store: Store, name: str, run_id: str) -> None:
    store.model_versions.create(name, f"runs:/{run_id}/model", run_id)
    store.registered_models.create("copy")
    copied = store.model_versions.create("copy", f"models:/{name}/1")
    assert (copied.source, copied.run_id) == (f"models:/{name}/1", run_id)
    assert store.model_versions.download_uri("copy", "1") == f"runs:/{run_id}/model"
    again = store.model_versions.create("copy", "models:/copy/1", run_id)
    assert store.model_versions.download_uri("copy", again.version) == f"runs:/{run_id}/model"
    with refused(INVALID):
        store.model_versions.create("copy", f"models:/{name}/1", "another run")
    with refused(MISSING):
        store.model_versions.create("copy", f"models:/{name}/9")


@pytest.mark.parametrize("source", ["", "a\x00", "models:/x", "models:/x@y", "x" * 5001])
def test_some_sources_are_refused(store: Store, name: str, source: str) -> None:
    with refused(INVALID):
        store.model_versions.create(name, source)
    assert store.model_versions.search() == []


def test_a_prompt_has_no_files(store: Store) -> None:
    store.registered_models.create("p", {"mlflow.prompt.is_prompt": "true"})
    marked = {"mlflow.prompt.is_prompt": "true"}
    with refused(INVALID, "prompt"):
        store.model_versions.create("p", "s3://b/k", tags=marked)
    store.model_versions.create("p", "dummy-source", tags={**marked, "mlflow.prompt.text": "Hello"})
    assert store.model_versions.search() == []
    found = store.model_versions.search("tags.`mlflow.prompt.is_prompt` = 'true'")
    assert [version.tags["mlflow.prompt.text"] for version in found] == ["Hello"]
    store.registered_models.create("m")
    with refused(INVALID, "prompt"):
        store.model_versions.create("m", "models:/p/1")


def test_a_description_is_replaced_and_removed(store: Store, name: str) -> None:
    store.model_versions.create(name, "s3://b/k", description="old")
    assert store.model_versions.update(name, "1", "new").description == "new"
    assert store.model_versions.update(name, "1", None).description is None


def test_a_version_moves_from_stage_to_stage(store: Store, name: str) -> None:
    for _ in range(3):
        store.model_versions.create(name, "s3://b/k")
    assert store.model_versions.transition_stage(name, "1", "production").current_stage == "Production"
    assert store.model_versions.transition_stage(name, "2", "PRODUCTION").current_stage == "Production"
    assert store.model_versions.get(name, "1").current_stage == "Production"
    store.model_versions.transition_stage(name, "3", "Production", archive_existing=True)
    assert [store.model_versions.get(name, str(i)).current_stage for i in (1, 2, 3)] == [
        "Archived",
        "Archived",
        "Production",
    ]
    for stage, hint in (("Development", "Staging, Production"), ("Archive", "Did you mean 'Archived'")):
        with refused(INVALID, hint):
            store.model_versions.transition_stage(name, "1", stage)
    for stage in ("None", "Archived"):
        with refused(INVALID, "archive_existing_versions"):
            store.model_versions.transition_stage(name, "1", stage, archive_existing=True)


def test_aliases_go_with_their_version(store: Store, name: str) -> None:
    store.model_versions.create(name, "s3://b/k")
    store.registered_models.set_alias(name, "newest", "1")
    assert store.model_versions.get(name, "1").aliases == ["newest"]
    store.model_versions.delete(name, "1")
    assert store.registered_models.get(name).aliases == {}


def test_tags_are_set_replaced_and_removed(store: Store, name: str) -> None:
    store.model_versions.create(name, "s3://b/k", tags={"k": "1"})
    store.model_versions.set_tag(name, "1", "k", "2")
    store.model_versions.set_tag(name, "1", "x/y/z", "3")
    assert store.model_versions.get(name, "1").tags == {"k": "2", "x/y/z": "3"}
    store.model_versions.delete_tag(name, "1", "x/y/z")
    store.model_versions.delete_tag(name, "1", "x/y/z")
    assert store.model_versions.get(name, "1").tags == {"k": "2"}
    with refused(INVALID):
        store.model_versions.set_tag(name, "1", "k", "x" * 100_001)


def test_versions_are_searched(store: Store, name: str, run_id: str) -> None:
    store.registered_models.create("other")
    for number in range(4):
        source = f"runs:/{run_id}/{number}" if number < 2 else f"s3://b/{number}"
        store.model_versions.create(
            name, source, run_id if number < 2 else None, {"parity": str(number % 2), "n": str(number)}
        )
    store.model_versions.create("other", "s3://b/x", tags={"parity": "1"})

    def found(filter_string: str | None = None, **kwargs: object) -> list[str]:
        rows = store.model_versions.search(
            filter_string,
            order_by=["name ASC", "version_number ASC"],
            **kwargs,  # type: ignore[arg-type]  # arguments by name
        )
        return [f"{row.name}/{row.version}" for row in rows]

    assert found() == ["fruit/1", "fruit/2", "fruit/3", "fruit/4", "other/1"]
    assert found("name = 'fruit' AND version_number > 2") == ["fruit/3", "fruit/4"]
    assert found("tags.parity = '1'") == ["fruit/2", "fruit/4", "other/1"]
    assert found("tags.parity = '1' AND tags.n = '3'") == ["fruit/4"]
    assert found("tags.parity != '1'") == ["fruit/1", "fruit/3"]
    assert found(f"run_id = '{run_id}'") == ["fruit/1", "fruit/2"]
    assert found("run_id IN ('', 'x')") == ["fruit/3", "fruit/4", "other/1"]
    assert found("source_path LIKE 's3://b/%'") == ["fruit/3", "fruit/4", "other/1"]
    assert found("tags.n > 1") == ["fruit/3", "fruit/4"]
    store.registered_models.set_alias(name, "a", "1")
    assert all(row.aliases == [] for row in store.model_versions.search())
    store.model_versions.transition_stage(name, "1", "Staging")
    newest = store.model_versions.search(max_results=1)
    assert [(row.name, row.version) for row in newest] == [("fruit", "1")]
    page = store.model_versions.search(max_results=3, order_by=["version_number DESC"])
    rest = store.model_versions.search(max_results=3, order_by=["version_number DESC"], page_token=page.token)
    assert [row.version for row in [*page, *rest]] == ["4", "3", "2", "1", "1"]
    with refused(INVALID):
        found("current_stage = 'Staging'")
    for size in (0, 200_001):
        with refused(INVALID):
            store.model_versions.search(max_results=size)
