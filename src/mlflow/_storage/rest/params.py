"""Parameters on a server."""

from __future__ import annotations

from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_param
from mlflow._wire.runs import LogParameter
from mlflow._wire.shapes import Empty
from mlflow.entities.param import Param


class RestParams:
    """Parameters on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def log(self, run_id: str, param: Param) -> None:
        checked = check_param(param)
        self._call("log_parameter", LogParameter(checked.key, run_id, run_id, checked.value), Empty)
