"""MLflow 2.22: its client against a server."""

from __future__ import annotations

from pathlib import Path

import flows
import numpy as np
import pandas as pd
import registry_steps
from flows import equal, fresh
from sklearn.ensemble import RandomForestClassifier

import mlflow
import mlflow.sklearn
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient


def tables() -> None:
    fresh("Tables")
    with mlflow.start_run() as run:
        mlflow.log_table({"q": ["a", "b"], "n": [1, 2]}, "answers.json")
        mlflow.log_table(pd.DataFrame({"q": ["c"], "n": [3]}), "answers.json")
        mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), key="dog", step=3)
        mlflow.flush_artifact_async_logging()
    frame = mlflow.load_table("answers.json", run_ids=[run.info.run_id], extra_columns=["run_id"])
    equal(list(frame["q"]), ["a", "b", "c"])
    equal(set(frame["run_id"]), {run.info.run_id})
    files = MlflowClient().list_artifacts(run.info.run_id, "images")
    assert any("dog" in item.path for item in files), files


def datasets() -> None:
    fresh("Datasets")
    frame = pd.DataFrame({"x": [1.0, 2.0], "y": [0, 1]})
    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_pandas(frame, name="toy", targets="y"), context="training")
        mlflow.log_input(mlflow.data.from_numpy(np.zeros(3), name="zeros"), context="testing")
    inputs = MlflowClient().get_run(run.info.run_id).inputs.dataset_inputs
    found = {item.dataset.name: {tag.key: tag.value for tag in item.tags} for item in inputs}
    equal(found, {"toy": {"mlflow.data.context": "training"}, "zeros": {"mlflow.data.context": "testing"}})
    equal(len(mlflow.search_runs(filter_string="datasets.name = 'toy'", output_format="list")), 1)


def models() -> None:
    fresh("Models")
    inputs, targets = pd.DataFrame(np.arange(40.0).reshape(20, 2), columns=["a", "b"]), np.arange(20) % 2
    forest = RandomForestClassifier(n_estimators=3, random_state=1).fit(inputs, targets)
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(
            forest, "model", signature=infer_signature(inputs, targets), input_example=inputs[:2]
        )
    equal(info.model_uri, f"runs:/{run.info.run_id}/model")
    equal(list(mlflow.sklearn.load_model(info.model_uri).predict(inputs)), list(forest.predict(inputs)))
    equal(list(mlflow.pyfunc.load_model(info.model_uri).predict(inputs)), list(forest.predict(inputs)))
    assert MlflowClient().get_run(run.info.run_id).data.tags["mlflow.log-model.history"]
    path = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="model/MLmodel")
    assert "sklearn" in Path(path).read_text()
    assert mlflow.artifacts.load_text(f"{info.model_uri}/requirements.txt")


def autologged() -> None:
    experiment = fresh("Autolog")
    mlflow.sklearn.autolog()
    try:
        RandomForestClassifier(n_estimators=2).fit(np.arange(40.0).reshape(20, 2), np.arange(20) % 2)
    finally:
        mlflow.sklearn.autolog(disable=True)
    (run,) = mlflow.search_runs([experiment], output_format="list")
    equal(run.data.params["n_estimators"], "2")
    assert "training_accuracy_score" in run.data.metrics


def asynchronous() -> None:
    fresh("Asynchronous")
    with mlflow.start_run() as run:
        for step in range(50):
            mlflow.log_metric("m", step, step=step, synchronous=False)
        mlflow.log_params({"a": 1}, synchronous=False)
        mlflow.set_tags({"b": 1}, synchronous=False)
        mlflow.flush_async_logging()
    client = MlflowClient()
    equal([m.value for m in client.get_metric_history(run.info.run_id, "m")], [float(i) for i in range(50)])
    got = client.get_run(run.info.run_id)
    equal((got.data.params["a"], got.data.tags["b"]), ("1", "1"))


STEPS = [
    *flows.COMMON,
    tables,
    datasets,
    autologged,
    asynchronous,
    *registry_steps.STEPS,
    registry_steps.aliases,
]

if __name__ == "__main__":
    flows.tell([*STEPS, models])
