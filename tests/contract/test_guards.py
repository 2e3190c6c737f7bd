"""What every store refuses to delete, and what it brings back."""

from __future__ import annotations

from functools import partial

import pytest

from mlflow._base.attribution import explained
from mlflow._storage.interface.store import Store
from mlflow.entities.model_registry.manifest import ModelFile, ModelManifest
from tests.contract.errors import CONFLICT, EXISTS, INVALID, MISSING, refused


@pytest.fixture
def name(store: Store, run_id: str) -> str:
    """A registered model with one version, which a logged model of a run became."""
    model = store.logged_models.create("0", "m", source_run_id=run_id)
    name = store.registered_models.create("fraud").name
    store.model_versions.create(name, model.model_uri)
    return name


def _refuse_all(store: Store, name: str, *words: str) -> None:
    """Neither the version can be deleted nor anything that it stands on."""
    version = store.model_versions.get(name, "1")
    for delete in (
        partial(store.model_versions.delete, name, "1"),
        partial(store.registered_models.delete, name),
        partial(store.runs.delete, version.run_id or ""),
        partial(store.logged_models.delete, version.model_id or ""),
    ):
        with refused(CONFLICT, f"version 1 of '{name}'", *words):
            delete()
    assert store.model_versions.get(name, "1") == version
    assert store.runs.get(version.run_id or "").info.lifecycle_stage == "active"


def test_a_version_in_production_and_what_it_stands_on_stay(store: Store, name: str) -> None:
    assert store.model_versions.protection(name, "1") == []
    store.model_versions.transition_stage(name, "1", "Production")
    assert store.model_versions.protection(name, "1") == ["it is in Production"]
    _refuse_all(store, name, "in Production", "move version 1 to another stage")
    store.model_versions.transition_stage(name, "1", "Archived")
    store.model_versions.delete(name, "1")


@pytest.mark.parametrize("alias", ["champion", "production", "prod"])
def test_a_version_under_a_protected_alias_stays(store: Store, name: str, alias: str) -> None:
    store.registered_models.set_alias(name, alias, "1")
    store.registered_models.set_alias(name, "other", "1")
    _refuse_all(store, name, f"the protected alias '{alias}' points to it", "move or remove the alias")
    store.registered_models.delete_alias(name, alias)
    store.registered_models.delete(name)


def test_a_version_under_legal_hold_stays(store: Store, name: str) -> None:
    for call in (store.model_versions.hold, store.model_versions.release):
        with refused(INVALID, "reason"):
            call(name, "1")
        with refused(MISSING):
            call(name, "9")
    with explained("Claim 7", None):
        store.model_versions.hold(name, "1")
        store.model_versions.hold(name, "1")
    _refuse_all(store, name, "legal hold", "mlflow registry release fraud 1")
    with explained("Settled", None):
        store.model_versions.release(name, "1")
    assert store.model_versions.protection(name, "1") == []
    store.registered_models.delete(name)


def test_an_experiment_with_a_needed_run_stays(store: Store) -> None:
    experiment = store.experiments.create("training")
    other = store.experiments.create("other")
    run_id = store.runs.create(experiment).info.run_id
    store.registered_models.create("m")
    store.model_versions.create("m", f"runs:/{run_id}/model", run_id)
    store.model_versions.transition_stage("m", "1", "Production")
    with refused(CONFLICT, "version 1 of 'm'"):
        store.experiments.delete(experiment)
    assert store.experiments.get(experiment).lifecycle_stage == "active"
    store.experiments.delete(other)
    store.model_versions.transition_stage("m", "1", "None")
    store.experiments.delete(experiment)


def test_one_setting_switches_guards_off(store: Store, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store.model_versions.transition_stage(name, "1", "Production")
    run_id = store.model_versions.get(name, "1").run_id
    monkeypatch.setenv("MLFLOW_REGISTRY_GUARDS", "false")
    store.runs.delete(run_id or "")
    store.model_versions.delete(name, "1")


def test_the_protected_aliases_are_a_setting(
    store: Store, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_PROTECTED_ALIASES", "live, blessed")
    store.registered_models.set_alias(name, "champion", "1")
    assert store.model_versions.protection(name, "1") == []
    store.registered_models.set_alias(name, "blessed", "1")
    with refused(CONFLICT, "blessed"):
        store.model_versions.delete(name, "1")


def test_the_files_of_a_version_are_put_on_record_once(store: Store, name: str) -> None:
    manifest = ModelManifest(
        [ModelFile("MLmodel", 3, "a" * 64), ModelFile("d/é.bin", 0, "b" * 64)],
        True,
        {"inputs": '[{"name": "age"}]'},
    )
    store.registered_models.create("elsewhere")
    store.model_versions.create("elsewhere", "s3://bucket/key")
    assert store.model_versions.manifest("elsewhere", "1") is None
    for _ in range(2):
        store.model_versions.record_manifest("elsewhere", "1", manifest)
    assert store.model_versions.manifest("elsewhere", "1") == manifest
    store.model_versions.transition_stage("elsewhere", "1", "Staging")
    moved = store.decisions.get(store.decisions.anchor().seq).evidence
    assert moved is not None
    assert store.model_versions.evidence("elsewhere", "1") == moved
    assert moved["manifest"] == {
        "digest": manifest.digest,
        "files": 2,
        "size": 3,
        "signature": manifest.signature,
    }
    with refused(CONFLICT, "Versions do not change", manifest.digest[:12]):
        store.model_versions.record_manifest("elsewhere", "1", ModelManifest(manifest.files[:1], True))
    with refused(MISSING):
        store.model_versions.record_manifest("elsewhere", "2", manifest)


def test_a_deleted_version_comes_back(store: Store, name: str) -> None:
    store.model_versions.set_tag(name, "1", "k", "v")
    before = store.model_versions.transition_stage(name, "1", "Staging")
    with refused(MISSING):
        store.model_versions.restore(name, "1")
    store.registered_models.set_alias(name, "a", "1")
    store.model_versions.delete(name, "1")
    after = store.model_versions.restore(name, "1")
    assert (after.source, after.current_stage, after.tags) == (before.source, "Staging", {"k": "v"})
    assert (after.run_id, after.creation_timestamp) == (before.run_id, before.creation_timestamp)
    assert after.aliases == []
    assert store.model_versions.get(name, "1") == after


def test_a_deleted_model_comes_back(store: Store, name: str) -> None:
    store.registered_models.set_alias(name, "a", "1")
    store.registered_models.set_tag(name, "k", "v")
    with refused(MISSING):
        store.registered_models.restore(name)
    store.registered_models.delete(name)
    store.registered_models.create(name)
    with refused(EXISTS, name):
        store.registered_models.restore(name)
    store.registered_models.rename(name, "newer")
    assert store.registered_models.restore(name).aliases == {"a": "1"}
    assert store.registered_models.get(name).tags == {"k": "v"}
    assert store.model_versions.get(name, "1").version == "1"
