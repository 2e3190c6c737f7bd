"""Logging and finding experiments, runs and logged models."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "MlflowClient": "mlflow.tracking.client",
        "_get_or_start_run": "mlflow.tracking.fluent.runs",
        "_get_store": "mlflow._session.stores:open_session_store",
        "get_registry_uri": "mlflow._session.uris",
        "get_tracking_uri": "mlflow._session.uris",
        "is_tracking_uri_set": "mlflow._session.uris",
        "register_model": "mlflow.tracking.fluent.registered_models",
        "set_registry_uri": "mlflow._session.uris",
        "set_tracking_uri": "mlflow._session.uris",
    },
    frozenset({"artifact_utils", "client", "context", "fluent", "multimedia"}),
)
