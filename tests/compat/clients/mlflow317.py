"""MLflow 3.17: its client against a server. What 2.22 does too is there."""

from __future__ import annotations

from pathlib import Path

import flows
import mlflow222
import numpy as np
import pandas as pd
from flows import equal, fresh, refused
from sklearn.linear_model import LogisticRegression

import mlflow
import mlflow.sklearn
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient

FRAME = pd.DataFrame(np.arange(40.0).reshape(20, 2), columns=["a", "b"])
TARGETS = np.arange(20) % 2


def models() -> None:
    experiment = fresh("Models")
    model = LogisticRegression().fit(FRAME, TARGETS)
    with mlflow.start_run() as run:
        mlflow.log_metric("before", 0.25)
        info = mlflow.sklearn.log_model(
            model, name="model", signature=infer_signature(FRAME, TARGETS), params={"c": "1"}, tags={"t": "u"}
        )
        mlflow.log_metric("after", 0.75, model_id=info.model_id)
    for uri in (info.model_uri, f"models:/{info.model_id}", f"runs:/{run.info.run_id}/model"):
        equal(list(mlflow.sklearn.load_model(uri).predict(FRAME)), list(model.predict(FRAME)))
        equal(list(mlflow.pyfunc.load_model(uri).predict(FRAME)), list(model.predict(FRAME)))
    logged = mlflow.get_logged_model(info.model_id)
    equal((logged.name, logged.status.value, logged.source_run_id), ("model", "READY", run.info.run_id))
    equal((logged.params, logged.tags["t"]), ({"c": "1"}, "u"))
    metrics = {metric.key: metric.value for metric in logged.metrics}
    equal((metrics["after"], metrics["before"]), (0.75, 0.25))
    got = MlflowClient().get_run(run.info.run_id)
    equal([output.model_id for output in got.outputs.model_outputs], [info.model_id])
    found = mlflow.search_logged_models(
        [experiment], "metrics.after > 0.5 AND name = 'model'", output_format="list"
    )
    equal([item.model_id for item in found], [info.model_id])
    files = MlflowClient().list_logged_model_artifacts(info.model_id)
    assert "MLmodel" in [item.path for item in files], files
    folder = Path(mlflow.artifacts.download_artifacts(info.model_uri))
    assert info.model_id in (folder / "MLmodel").read_text()


def model_records() -> None:
    client = MlflowClient()
    experiment = fresh("Model records")
    made = client.create_logged_model(
        experiment, name="m", tags={"a": "1"}, params={"p": "1"}, model_type="Agent"
    )
    equal((made.status.value, made.model_type), ("PENDING", "Agent"))
    client.set_logged_model_tags(made.model_id, {"b": "2"})
    client.delete_logged_model_tag(made.model_id, "a")
    client.finalize_logged_model(made.model_id, "READY")
    got = client.get_logged_model(made.model_id)
    equal((got.status.value, got.tags, got.params), ("READY", {"b": "2"}, {"p": "1"}))
    page = client.search_logged_models([experiment], order_by=[{"field_name": "creation_timestamp"}])
    equal([item.model_id for item in page], [made.model_id])
    client.delete_logged_model(made.model_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, made.model_id)
    equal(list(client.search_logged_models([experiment])), [])


def used_models() -> None:
    fresh("Model inputs")
    active = mlflow.set_active_model(name="external")
    with mlflow.start_run() as run:
        mlflow.log_metric("score", 0.5)
        mlflow.log_input(model=mlflow.entities.LoggedModelInput(model_id=active.model_id))
    mlflow.clear_active_model()
    got = MlflowClient().get_run(run.info.run_id)
    equal([item.model_id for item in got.inputs.model_inputs], [active.model_id])
    equal([(m.key, m.value) for m in mlflow.get_logged_model(active.model_id).metrics], [("score", 0.5)])


def measured_models() -> None:
    """Points of models on datasets: what a search filters and orders by."""
    experiment = fresh("Measured models")
    train = mlflow.data.from_pandas(FRAME, name="train")
    test = mlflow.data.from_pandas(FRAME + 1, name="test")
    client = MlflowClient()
    ids = {}
    with mlflow.start_run() as run:
        for name, trained, tested in (("good", 0.9, 0.8), ("overfitted", 1.0, 0.5), ("failed", 0.1, 0.1)):
            made = mlflow.initialize_logged_model(name, params={"kind": name})
            mlflow.log_metric("acc", trained, model_id=made.model_id, dataset=train)
            client.log_metric(
                run.info.run_id,
                "acc",
                tested,
                model_id=made.model_id,
                dataset_name=test.name,
                dataset_digest=test.digest,
            )
            mlflow.log_model_params({"depth": "3"}, made.model_id)
            mlflow.finalize_logged_model(made.model_id, "FAILED" if name == "failed" else "READY")
            ids[name] = made.model_id
    good = mlflow.get_logged_model(ids["good"])
    equal(
        {(m.dataset_name, m.value, m.run_id) for m in good.metrics},
        {("train", 0.9, run.info.run_id), ("test", 0.8, run.info.run_id)},
    )
    equal((good.params, good.status.value), ({"kind": "good", "depth": "3"}, "READY"))

    def names(**wanted: object) -> list[str]:
        return [
            item.name for item in mlflow.search_logged_models([experiment], output_format="list", **wanted)
        ]

    def by(dataset: str) -> list[dict[str, object]]:
        return [{"field_name": "metrics.acc", "ascending": False, "dataset_name": dataset}]

    equal(names(order_by=by("train")), ["overfitted", "good", "failed"])
    equal(names(order_by=by("test")), ["good", "overfitted", "failed"])
    equal(names(filter_string="metrics.acc > 0.7", datasets=[{"dataset_name": "test"}]), ["good"])
    equal(names(filter_string="status = 'FAILED'"), ["failed"])
    mlflow.set_active_model(model_id=ids["good"])
    equal(mlflow.get_active_model_id(), ids["good"])
    mlflow.clear_active_model()
    equal(mlflow.get_active_model_id(), None)


def experiment_tags() -> None:
    client = MlflowClient()
    experiment = fresh("Experiment tags")
    client.set_experiment_tag(experiment, "a", "1")
    client.delete_experiment_tag(experiment, "a")
    assert "a" not in client.get_experiment(experiment).tags
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_experiment_tag, experiment, "a")


def renaming() -> None:
    fresh("Renaming")
    client = MlflowClient()
    with mlflow.start_run() as run:
        client.update_run(run.info.run_id, name="better")
    got = client.get_run(run.info.run_id)
    equal(
        (got.info.run_name, got.data.tags["mlflow.runName"], got.info.status),
        ("better", "better", "FINISHED"),
    )


def webhooks() -> None:
    client = MlflowClient()
    events = [
        mlflow.entities.WebhookEvent("model_version", "created"),
        mlflow.entities.WebhookEvent("model_version_alias", "deleted"),
    ]
    made = client.create_webhook("ci", "https://127.0.0.1:9/hook", events, "Builds images", "s3cret")
    equal((made.name, made.url, made.description), ("ci", "https://127.0.0.1:9/hook", "Builds images"))
    equal(
        ([str(event) for event in made.events], made.status.value),
        ([str(event) for event in events], "ACTIVE"),
    )
    equal(client.get_webhook(made.webhook_id).events, events)
    changed = client.update_webhook(made.webhook_id, name="cd", events=events[:1], status="DISABLED")
    equal((changed.name, changed.status.value, changed.events), ("cd", "DISABLED", events[:1]))
    equal([item.webhook_id for item in client.list_webhooks()], [made.webhook_id])
    result = client.test_webhook(made.webhook_id)
    equal((result.success, bool(result.error_message)), (False, True))
    refused("INVALID_PARAMETER_VALUE", client.create_webhook, "ci", "http://example.com", events)
    client.delete_webhook(made.webhook_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_webhook, made.webhook_id)
    equal(list(client.list_webhooks()), [])


if __name__ == "__main__":
    records = [models, model_records, used_models, measured_models]
    flows.tell([*mlflow222.STEPS, webhooks, *records, experiment_tags, renaming])
