# Written by scripts/generate.py from the table in __init__.py, sorted by name.
# ruff: noqa: F401, I001

from mlflow.tracking.client import MlflowClient as MlflowClient
from mlflow.tracking.fluent.runs import _get_or_start_run as _get_or_start_run
from mlflow._session.stores import open_session_store as _get_store
from mlflow._session.uris import get_registry_uri as get_registry_uri
from mlflow._session.uris import get_tracking_uri as get_tracking_uri
from mlflow._session.uris import is_tracking_uri_set as is_tracking_uri_set
from mlflow.tracking.fluent.registered_models import register_model as register_model
from mlflow._session.uris import set_registry_uri as set_registry_uri
from mlflow._session.uris import set_tracking_uri as set_tracking_uri

from mlflow.tracking import artifact_utils as artifact_utils
from mlflow.tracking import client as client
from mlflow.tracking import context as context
from mlflow.tracking import fluent as fluent
from mlflow.tracking import multimedia as multimedia
