"""Runs on a server."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.interface.pages import Page
from mlflow._storage.interface.runs import RunDocument
from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_batch, check_experiment_id, check_moved_runs, check_run_status
from mlflow._wire import runs as wire
from mlflow._wire.enums import RUN_STATUS_NAMES, VIEW_TYPE_NAMES
from mlflow._wire.metrics import metrics_to_wire
from mlflow._wire.shapes import Empty, KeyValue
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run import Run
from mlflow.entities.run_info import RunInfo
from mlflow.entities.tag import RunTag
from mlflow.entities.view_type import ViewType


class RestRuns:
    """Runs on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def create(
        self,
        experiment_id: str,
        user_id: str | None = None,
        start_time: int | None = None,
        tags: Sequence[RunTag] = (),
        run_name: str | None = None,
        run_id: str | None = None,
    ) -> Run:
        check_experiment_id(experiment_id)
        pairs = [KeyValue(tag.key, tag.value) for tag in tags]
        request = wire.CreateRun(str(experiment_id), user_id or "", run_name or "", start_time or 0, pairs)
        if run_id is None:
            return wire.run_from_wire(self._call("create_run", request, wire.RunReply).run)
        named = wire.CreateNamedRun(run_id, request)
        return wire.run_from_wire(self._call("create_named_run", named, wire.RunReply).run)

    def get(self, run_id: str) -> Run:
        return wire.run_from_wire(self._call("get_run", wire.GetRun(run_id, run_id), wire.RunReply).run)

    def get_document(self, run_id: str) -> RunDocument:
        return _document(self.get(run_id))

    def update(
        self,
        run_id: str,
        status: int | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> RunInfo:
        name = None if status is None else RUN_STATUS_NAMES[check_run_status(status) - 1]
        request = wire.UpdateRun(run_id, run_id, name, end_time, run_name or "")  # type: ignore[arg-type]
        return wire.run_info_from_wire(self._call("update_run", request, wire.RunInfoReply).run_info)

    def delete(self, run_id: str) -> None:
        self._call("delete_run", wire.DeleteRun(run_id), Empty)

    def restore(self, run_id: str) -> None:
        self._call("restore_run", wire.RestoreRun(run_id), Empty)

    def move(self, run_ids: Sequence[str], experiment_id: str) -> list[str]:
        check_moved_runs(run_ids)
        check_experiment_id(experiment_id)
        request = wire.MoveRuns(list(run_ids), str(experiment_id))
        return self._call("move_runs", request, wire.MovedRuns).run_ids

    def search(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[Run]:
        request = wire.SearchRuns(
            list(experiment_ids),
            filter_string or "",
            VIEW_TYPE_NAMES[view_type - 1],  # type: ignore[arg-type]
            max_results,
            list(order_by),
            page_token or "",
        )
        reply = self._call("search_runs", request, wire.RunsReply)
        return Page([wire.run_from_wire(run) for run in reply.runs], reply.next_page_token or None)

    def search_documents(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[RunDocument]:
        page = self.search(experiment_ids, filter_string, view_type, max_results, order_by, page_token)
        return Page([_document(run) for run in page], page.token)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
    ) -> None:
        checked_metrics, checked_params, checked_tags = check_batch(metrics, params, tags)
        request = wire.LogBatch(
            run_id,
            metrics_to_wire(checked_metrics),
            [KeyValue(param.key, param.value) for param in checked_params],
            [KeyValue(tag.key, tag.value) for tag in checked_tags],
        )
        self._call("log_batch", request, Empty)


def _document(run: Run) -> RunDocument:
    return RunDocument(run.info, wire.run_body(run.data, run.inputs, run.outputs))
