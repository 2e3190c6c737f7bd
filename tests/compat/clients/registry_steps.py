"""What every version of MLflow's own client does with a model registry."""

from __future__ import annotations

import numpy as np
from flows import equal, fresh, refused
from sklearn.linear_model import LinearRegression

import mlflow
import mlflow.pyfunc
import mlflow.sklearn
from mlflow.tracking import MlflowClient


def registry() -> None:
    client = MlflowClient()
    name = f"fruit of {mlflow.__version__}"
    made = client.create_registered_model(name, tags={"team": "red"}, description="Sorts")
    equal((made.name, made.tags, made.description), (name, {"team": "red"}, "Sorts"))
    refused("RESOURCE_ALREADY_EXISTS", client.create_registered_model, name)
    run = client.create_run(fresh("Registry")).info
    source = f"{run.artifact_uri}/model"
    versions = [
        client.create_model_version(name, source, run.run_id, tags={"a": "1"}, description="First"),
        client.create_model_version(name, f"runs:/{run.run_id}/model", run.run_id),
        client.create_model_version(name, "s3://bucket/key", run_link="http://x"),
    ]
    equal([int(version.version) for version in versions], [1, 2, 3])
    first = client.get_model_version(name, "1")
    equal((first.source, first.run_id, first.status), (source, run.run_id, "READY"))
    equal((first.description, first.tags, first.current_stage), ("First", {"a": "1"}, "None"))
    equal(client.update_model_version(name, "1", "Better").description, "Better")
    client.set_model_version_tag(name, "1", "b", "2")
    client.delete_model_version_tag(name, "1", "a")
    equal(client.get_model_version(name, "1").tags, {"b": "2"})
    client.set_registered_model_tag(name, "size", "3")
    client.delete_registered_model_tag(name, "team")
    equal(client.update_registered_model(name, "Sorts better").description, "Sorts better")
    equal(client.get_registered_model(name).tags, {"size": "3"})
    _stages(client, name)
    found = client.search_model_versions(f"name='{name}'")
    equal(sorted(int(version.version) for version in found), [1, 2, 3])
    named = client.search_registered_models(filter_string=f"name='{name}'")
    equal([model.name for model in named], [name])
    equal(client.get_model_version_download_uri(name, "3"), "s3://bucket/key")
    equal(client.get_model_version_stages(name, "1"), ["None", "Staging", "Production", "Archived"])
    renamed = f"{name} again"
    client.rename_registered_model(name, renamed)
    equal([version.name for version in client.get_latest_versions(renamed)], [renamed] * 3)
    client.delete_model_version(renamed, "1")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, renamed, "1")
    conflict = "INVALID_STATE" if mlflow.__version__.startswith("1.") else "RESOURCE_CONFLICT"
    refused(conflict, client.delete_registered_model, renamed)
    client.transition_model_version_stage(renamed, "2", "Archived")
    client.delete_registered_model(renamed)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, renamed)


def _stages(client: MlflowClient, name: str) -> None:
    moved = client.transition_model_version_stage(name, "1", "Production")
    equal(moved.current_stage, "Production")
    client.set_model_version_tag(name, "2", "headrace.reason", "Passed the review")
    client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
    equal(client.get_model_version(name, "2").tags, {})
    client.transition_model_version_stage(name, "3", "staging")
    latest = client.get_latest_versions(name, ["Production", "Archived"])
    equal(
        sorted((version.current_stage, int(version.version)) for version in latest),
        [("Archived", 1), ("Production", 2)],
    )
    refused("INVALID_PARAMETER_VALUE", client.transition_model_version_stage, name, "1", "Development")


def registered_models_load() -> None:
    fresh("Registered")
    name = f"line of {mlflow.__version__}"
    inputs = np.arange(6.0).reshape(3, 2)
    line = LinearRegression().fit(inputs, [0.0, 1.0, 2.0])
    with mlflow.start_run() as run:
        mlflow.sklearn.log_model(line, "model", registered_model_name=name)
    again = mlflow.register_model(f"runs:/{run.info.run_id}/model", name)
    equal((int(again.version), again.run_id), (2, run.info.run_id))
    client = MlflowClient()
    client.transition_model_version_stage(name, "1", "Production")
    for uri in (f"models:/{name}/1", f"models:/{name}/Production", f"models:/{name}/2"):
        assert np.allclose(mlflow.pyfunc.load_model(uri).predict(inputs), line.predict(inputs))
    assert np.allclose(mlflow.sklearn.load_model(f"models:/{name}/1").predict(inputs), line.predict(inputs))


def aliases() -> None:
    """Aliases, which clients know since MLflow 2.3, and copies."""
    client = MlflowClient()
    name = f"line of {mlflow.__version__}"
    client.set_registered_model_alias(name, "champion", "2")
    client.set_registered_model_alias(name, "old", "1")
    equal(client.get_registered_model(name).aliases, {"champion": "2", "old": "1"})
    equal(client.get_model_version(name, "2").aliases, ["champion"])
    equal(int(client.get_model_version_by_alias(name, "champion").version), 2)
    client.delete_registered_model_alias(name, "old")
    refused("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, name, "old")
    refused("RESOURCE_CONFLICT", client.delete_model_version, name, "2")
    for uri in (f"models:/{name}@champion", f"models:/{name}/latest"):
        assert mlflow.pyfunc.load_model(uri).predict(np.zeros((1, 2))) is not None
    copied = client.copy_model_version(f"models:/{name}@champion", f"copy of {name}")
    equal((int(copied.version), copied.source), (1, f"models:/{name}/2"))
    assert mlflow.pyfunc.load_model(f"models:/copy of {name}/1").predict(np.zeros((1, 2))) is not None


STEPS = [registry, registered_models_load]
