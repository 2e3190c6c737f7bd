"""Tags of runs through a journal."""

from __future__ import annotations

from collections.abc import Callable

from mlflow._journal.records import Logged, Record, TagDeleted
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.tags import RestTags
from mlflow._storage.validation import check_run_tag
from mlflow.entities.tag import RunTag


class JournaledTags(RestTags):
    """Tags of runs through a journal."""

    def __init__(self, calls: Calls, append: Callable[[Record], None]) -> None:
        super().__init__(calls)
        self._append = append

    def set(self, run_id: str, tag: RunTag) -> None:
        checked = check_run_tag(tag)
        self._append(Logged(run_id, tags=[(checked.key, checked.value)]))

    def delete(self, run_id: str, key: str) -> None:
        """Recorded as well: whether the run has such a tag is not known here."""
        self._append(TagDeleted(run_id, key))
