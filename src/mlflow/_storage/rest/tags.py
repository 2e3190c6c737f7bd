"""Tags of runs on a server."""

from __future__ import annotations

from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_run_tag
from mlflow._wire.runs import DeleteTag, SetTag
from mlflow._wire.shapes import Empty
from mlflow.entities.tag import RunTag


class RestTags:
    """Tags of runs on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def set(self, run_id: str, tag: RunTag) -> None:
        checked = check_run_tag(tag)
        self._call("set_tag", SetTag(checked.key, run_id, run_id, checked.value), Empty)

    def delete(self, run_id: str, key: str) -> None:
        self._call("delete_tag", DeleteTag(run_id, key), Empty)
