"""MLflow 1.30: its client against a server."""

from __future__ import annotations

import flows
import numpy as np
import registry_steps
from flows import equal, fresh
from sklearn.ensemble import RandomForestClassifier

import mlflow
import mlflow.sklearn
from mlflow.entities import ViewType
from mlflow.tracking import MlflowClient


def listing() -> None:
    client = MlflowClient()
    fresh("Listed")
    names = [item.name for item in client.list_experiments()]
    assert "Default" in names
    assert "Listed of 1.30.1" in names
    assert mlflow.list_experiments(ViewType.DELETED_ONLY) is not None
    experiment = client.get_experiment_by_name("Listed of 1.30.1").experiment_id
    made = [client.create_run(experiment).info.run_id for _ in range(3)]
    equal(sorted(info.run_id for info in client.list_run_infos(experiment)), sorted(made))
    page = client.list_experiments(max_results=1)
    assert page.token
    assert (
        client.list_experiments(max_results=1, page_token=page.token)[0].experiment_id
        != page[0].experiment_id
    )


def models() -> None:
    fresh("Models")
    inputs, targets = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
    forest = RandomForestClassifier(n_estimators=3, random_state=1).fit(inputs, targets)
    with mlflow.start_run() as run:
        mlflow.sklearn.log_model(forest, "model")
    uri = f"runs:/{run.info.run_id}/model"
    loaded = mlflow.sklearn.load_model(uri)
    equal(list(loaded.predict(inputs)), list(forest.predict(inputs)))
    equal(list(mlflow.pyfunc.load_model(uri).predict(inputs)), list(forest.predict(inputs)))
    run = MlflowClient().get_run(run.info.run_id)
    assert '"artifact_path": "model"' in run.data.tags["mlflow.log-model.history"]


if __name__ == "__main__":
    flows.tell([*flows.COMMON, listing, models, *registry_steps.STEPS])
