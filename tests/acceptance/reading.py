"""Prints, as JSON, all that a client finds at the tracking URI given as argument."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import mlflow
from mlflow.tracking import MlflowClient


def read(uri: str) -> dict[str, Any]:
    """Experiments, runs with everything logged in them, their files and their models."""
    mlflow.set_tracking_uri(uri)
    client = MlflowClient()
    experiments = client.search_experiments()
    runs = client.search_runs(
        [experiment.experiment_id for experiment in experiments], order_by=["start_time ASC"]
    )
    names = {experiment.experiment_id: experiment.name for experiment in experiments}
    return {
        "experiments": {experiment.name: experiment.artifact_location for experiment in experiments},
        "runs": [_run(client, run, names[run.info.experiment_id]) for run in runs],
    }


def _run(client: MlflowClient, run: Any, experiment: str) -> dict[str, Any]:
    run_id = run.info.run_id
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for item in client.list_artifacts(run_id):
            client.download_artifacts(run_id, item.path, folder)
        files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
        beginnings = {name: path.read_bytes()[:8].decode("latin-1") for name, path in files.items()}
        sizes = {name: path.stat().st_size for name, path in files.items()}
    models = sorted(str(Path(name).parent) for name in files if name.endswith("/MLmodel"))
    return {
        "id": run_id,
        "experiment": experiment,
        "status": run.info.status,
        "params": run.data.params,
        "metrics": run.data.metrics,
        "tags": run.data.tags,
        "datasets": {
            tag.value: entry.dataset.name
            for entry in run.inputs.dataset_inputs
            for tag in entry.tags
            if tag.key == "mlflow.data.context"
        },
        "files": beginnings,
        "sizes": sizes,
        "models": {model: _predictions(f"runs:/{run_id}/{model}") for model in models},
    }


def _predictions(uri: str) -> list[Any]:
    """What the model's class is, and what it says to zeros."""
    model = mlflow.sklearn.load_model(uri)
    zeros = [[0.0] * model.n_features_in_]
    return [type(model).__name__, float(mlflow.pyfunc.load_model(uri).predict(zeros)[0])]


if __name__ == "__main__":
    print(json.dumps(read(sys.argv[1])))
