"""Where packages for MLflow import the choice of the store from."""

from __future__ import annotations

from mlflow._session.stores import open_session_store as _get_store
from mlflow._session.uris import (
    get_tracking_uri,
    is_tracking_uri_set,
    set_tracking_uri,
)
from mlflow._session.uris import store_uri as _resolve_tracking_uri

__all__ = [
    "_get_store",
    "_resolve_tracking_uri",
    "get_tracking_uri",
    "is_tracking_uri_set",
    "set_tracking_uri",
]
