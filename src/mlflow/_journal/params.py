"""Parameters through a journal."""

from __future__ import annotations

from collections.abc import Callable

from mlflow._journal.records import Logged, Record
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.params import RestParams
from mlflow._storage.validation import check_param
from mlflow.entities.param import Param


class JournaledParams(RestParams):
    """Parameters through a journal."""

    def __init__(self, calls: Calls, append: Callable[[Record], None]) -> None:
        super().__init__(calls)
        self._append = append

    def log(self, run_id: str, param: Param) -> None:
        checked = check_param(param)
        self._append(Logged(run_id, params=[(checked.key, checked.value)]))
