"""What every store knows about itself."""

from __future__ import annotations

from mlflow._storage.interface.store import Store


def test_a_store_answers(store: Store) -> None:
    store.settings.ping()


def test_artifacts_of_every_entity_have_a_place(store: Store, run_id: str) -> None:
    root = store.settings.artifact_root()
    model = store.logged_models.create("0")
    for uri, key in (
        (store.experiments.get("0").artifact_location, "0"),
        (store.runs.get(run_id).info.artifact_uri or "", f"0/{run_id}/artifacts"),
        (model.artifact_location, f"0/models/{model.model_id}/artifacts"),
        (f"{model.artifact_location}/MLmodel", f"0/models/{model.model_id}/artifacts/MLmodel"),
    ):
        place = store.settings.place_of(uri)
        assert place.uri == f"{root.rstrip('/')}/{key}"


def test_a_location_of_its_own_is_its_own_place(store: Store) -> None:
    made = store.experiments.create("a", "s3://bucket/x")
    run = store.runs.create(made).info
    place = store.settings.place_of(run.artifact_uri or "")
    assert place.uri == f"s3://bucket/x/{run.run_id}/artifacts"
