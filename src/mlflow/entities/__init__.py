"""Values that clients and stores exchange. They do no input or output."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "Dataset": "mlflow.entities.dataset",
        "DatasetInput": "mlflow.entities.run_inputs",
        "Experiment": "mlflow.entities.experiment",
        "ExperimentTag": "mlflow.entities.tag",
        "FileInfo": "mlflow.entities.file_info",
        "InputTag": "mlflow.entities.tag",
        "LifecycleStage": "mlflow.entities.lifecycle_stage",
        "LoggedModel": "mlflow.entities.logged_model",
        "LoggedModelInput": "mlflow.entities.run_inputs",
        "LoggedModelOutput": "mlflow.entities.run_outputs",
        "LoggedModelParameter": "mlflow.entities.logged_model_parameter",
        "LoggedModelStatus": "mlflow.entities.logged_model_status",
        "LoggedModelTag": "mlflow.entities.tag",
        "Metric": "mlflow.entities.metric",
        "Param": "mlflow.entities.param",
        "Run": "mlflow.entities.run",
        "RunData": "mlflow.entities.run_data",
        "RunInfo": "mlflow.entities.run_info",
        "RunInputs": "mlflow.entities.run_inputs",
        "RunOutputs": "mlflow.entities.run_outputs",
        "RunStatus": "mlflow.entities.run_status",
        "RunTag": "mlflow.entities.tag",
        "SourceType": "mlflow.entities.source_type",
        "ViewType": "mlflow.entities.view_type",
        "Webhook": "mlflow.entities.webhook",
        "WebhookAction": "mlflow.entities.webhook",
        "WebhookDelivery": "mlflow.entities.webhook",
        "WebhookEntity": "mlflow.entities.webhook",
        "WebhookEvent": "mlflow.entities.webhook",
        "WebhookStatus": "mlflow.entities.webhook",
        "WebhookTestResult": "mlflow.entities.webhook",
        "_DatasetSummary": "mlflow.entities.dataset",
    },
)
