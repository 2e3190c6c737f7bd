# Written by scripts/generate.py from the table in __init__.py, sorted by name.
# ruff: noqa: I001

from mlflow.config.logging import enable_async_logging as enable_async_logging
from mlflow.config.logging import enable_journal as enable_journal
from mlflow._session.uris import get_registry_uri as get_registry_uri
from mlflow._session.uris import get_tracking_uri as get_tracking_uri
from mlflow._session.uris import is_tracking_uri_set as is_tracking_uri_set
from mlflow._session.uris import set_registry_uri as set_registry_uri
from mlflow._session.uris import set_tracking_uri as set_tracking_uri
