"""Tables on a server."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._search.fields.runs import FIELDS
from mlflow._search.parser import parse_column
from mlflow._search.tree import Entity
from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_experiment_id
from mlflow._wire import tables as wire
from mlflow.entities._tables import (
    ExperimentTable,
    KeyList,
    RegisteredModelTable,
    RunComparison,
    RunSet,
    RunTable,
    ValueCount,
)
from mlflow.entities.view_type import ViewType


class RestTables:
    """Tables on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def runs(
        self,
        runset: RunSet,
        columns: Sequence[str] = (),
        order_by: Sequence[str] = (),
        *,
        tree: bool = False,
        parent: str | None = None,
        group_by: Sequence[str] = (),
        pinned: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> RunTable:
        request = wire.GetRunTable(
            experiment_ids=_ids(runset.experiment_ids),
            filter=runset.filter_string,
            state=wire.state_of(runset.view_type),
            since=runset.since,
            run_ids=None if runset.run_ids is None else list(runset.run_ids),
            columns=list(columns),
            order_by=list(order_by),
            tree=tree,
            parent=parent or "",
            group_by=list(group_by),
            pinned=list(pinned),
            limit=limit,
            cursor=cursor or "",
        )
        reply = self._call("get_run_table", request, wire.RunTableReply)
        metrics = {text for text in columns if parse_column(text, FIELDS).entity is Entity.METRIC}
        return wire.run_table_from_wire(reply, metrics)

    def keys(
        self, experiment_ids: Sequence[str], kind: str | None = None, query: str = "", limit: int = 200
    ) -> KeyList:
        request = wire.GetRunKeys(_ids(experiment_ids), kind or "", query, limit)
        return wire.keys_from_wire(self._call("get_run_keys", request, wire.RunKeysReply))

    def values(
        self, experiment_ids: Sequence[str], key: str, prefix: str = "", limit: int = 50
    ) -> list[ValueCount]:
        request = wire.GetRunValues(key, _ids(experiment_ids), prefix, limit)
        return wire.values_from_wire(self._call("get_run_values", request, wire.RunValuesReply))

    def compare(self, run_ids: Sequence[str], aggregates: Sequence[str] = ("last",)) -> RunComparison:
        request = wire.CompareRuns(list(run_ids), list(aggregates))
        return wire.comparison_from_wire(self._call("compare_runs", request, wire.ComparisonReply))

    def experiments(
        self,
        filter_string: str = "",
        name: str = "",
        view_type: int = ViewType.ACTIVE_ONLY,
        order_by: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> ExperimentTable:
        request = wire.GetExperimentTable(
            name, filter_string, wire.state_of(view_type), list(order_by), limit, cursor or ""
        )
        reply = self._call("get_experiment_table", request, wire.ExperimentTableReply)
        return wire.experiments_from_wire(reply)

    def registered_models(
        self,
        filter_string: str = "",
        name: str = "",
        view_type: int = ViewType.ACTIVE_ONLY,
        order_by: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> RegisteredModelTable:
        request = wire.GetRegisteredModelTable(
            name, filter_string, wire.state_of(view_type), list(order_by), limit, cursor or ""
        )
        reply = self._call("get_registered_model_table", request, wire.RegisteredModelTableReply)
        return wire.registered_models_from_wire(reply)


def _ids(experiment_ids: Sequence[str]) -> list[str]:
    for experiment_id in experiment_ids:
        check_experiment_id(experiment_id)
    return [str(experiment_id) for experiment_id in experiment_ids]
