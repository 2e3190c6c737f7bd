"""Settings of this process."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "enable_async_logging": "mlflow.config.logging",
        "enable_journal": "mlflow.config.logging",
        "get_registry_uri": "mlflow._session.uris",
        "get_tracking_uri": "mlflow._session.uris",
        "is_tracking_uri_set": "mlflow._session.uris",
        "set_registry_uri": "mlflow._session.uris",
        "set_tracking_uri": "mlflow._session.uris",
    },
)
