"""Wire forms: tables."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Literal, TypeVar

from mlflow._wire.enums import VIEW_TYPE_NAMES, enum_number
from mlflow._wire.shapes import Request, Response
from mlflow._wire.values import double_from_wire, double_to_wire
from mlflow.entities._tables import (
    Cell,
    ChildValues,
    ExperimentRow,
    ExperimentTable,
    GroupValues,
    KeyFacts,
    KeyList,
    LastDecision,
    RegisteredModelRow,
    RegisteredModelTable,
    RunComparison,
    RunGroups,
    RunRows,
    RunSet,
    RunTable,
    ValueCount,
)

StateName = Literal["active", "trash", "all"]
T = TypeVar("T", bound="WireRunRows")
_STATES: tuple[StateName, ...] = ("active", "trash", "all")


class GetRunTable(Request):
    """Asks for a page of a table of runs."""

    experiment_ids: list[str] = []
    filter: str = ""
    state: StateName = "active"
    since: int | None = None
    run_ids: list[str] | None = None
    columns: list[str] = []
    order_by: list[str] = []
    tree: bool = False
    parent: str = ""
    group_by: list[str] = []
    pinned: list[str] = []
    limit: int = 100
    cursor: str = ""


class DownloadRunTable(Request):
    """Asks for all rows of a table of runs as CSV. The column `*` stands for all parameters, metrics and tags."""

    experiment_ids: list[str] = []
    filter: str = ""
    state: StateName = "active"
    since: int | None = None
    run_ids: list[str] = []
    columns: list[str] = []
    order_by: list[str] = []


class GetRunKeys(Request):
    """Asks what runs of some experiments have logged."""

    experiment_id: list[str] = []
    kind: str = ""
    q: str = ""
    limit: int = 200


class GetRunValues(Request):
    """Asks for the values of a parameter or a tag."""

    key: str
    experiment_id: list[str] = []
    prefix: str = ""
    limit: int = 50


class CompareRuns(Request):
    """Asks for everything that some runs have; of metrics the last value unless aggregates are named."""

    run_ids: list[str]
    aggregates: list[str] = []


class GetExperimentTable(Request):
    """Asks for a page of experiments with what goes on in them."""

    q: str = ""
    filter: str = ""
    state: StateName = "active"
    sort: list[str] = []
    limit: int = 100
    cursor: str = ""


class GetRegisteredModelTable(Request):
    """Asks for a page of registered models with what was decided about them."""

    q: str = ""
    filter: str = ""
    state: StateName = "active"
    sort: list[str] = []
    limit: int = 100
    cursor: str = ""


class CheckFilter(Request):
    """Asks what a filter consists of, and what is wrong with it."""

    entity: str = "runs"
    filter: str = ""


class WireChildValues(Response, omit_defaults=False):
    """A metric of the children of each row."""

    min: list[float | str | None]
    max: list[float | str | None]
    mean: list[float | str | None]
    known: list[int]


class WireRunRows(Response, omit_defaults=False):
    """Rows of runs, as columns of equal length. `children`, `context` and `child_cells` are those of a tree."""

    run_id: list[str] = []
    experiment_id: list[str] = []
    name: list[str] = []
    status: list[str] = []
    start: list[int] = []
    end: list[int | None] = []
    children: list[dict[str, int]] = []
    context: list[bool] = []
    cells: dict[str, list[float | int | str | None]] = {}
    child_cells: dict[str, WireChildValues] = {}


class WireGroupValues(Response, omit_defaults=False):
    """A metric of the runs of each group."""

    known: list[int]
    mean: list[float | None]
    sd: list[float | None]
    min: list[float | None]
    max: list[float | None]


class WireRunGroups(Response, omit_defaults=False):
    """Groups of runs, as columns of equal length."""

    values: dict[str, list[float | int | str | None]]
    runs: list[int]
    metrics: dict[str, WireGroupValues]


class RunTableReply(WireRunRows, omit_defaults=False):
    """A page of a table of runs. `total` is given with the first page."""

    groups: WireRunGroups | None = None
    pinned: WireRunRows | None = None
    total: int | None = None
    is_total_exact: bool = True
    has_tree: bool = False
    next_cursor: str = ""
    ms: float = 0.0


class WireKey(Response, omit_defaults=False):
    """What is known of a key."""

    kind: str
    key: str
    column: str
    runs: int
    distinct: int | None
    numeric: bool
    min: float | int | str | None
    max: float | int | str | None
    varies: bool


class RunKeysReply(Response, omit_defaults=False):
    """Keys, how many there are in all, and which columns tell the newest runs apart."""

    keys: list[WireKey]
    total: int
    defaults: list[str]


class WireValueCount(Response, omit_defaults=False):
    """A value and how many runs have it."""

    value: str
    runs: int


class RunValuesReply(Response, omit_defaults=False):
    """Values in the order of texts."""

    values: list[WireValueCount]


class ComparisonReply(WireRunRows, omit_defaults=False):
    """Everything that some runs have."""

    missing: list[str] = []
    params: dict[str, list[float | int | str | None]] = {}
    metrics: dict[str, dict[str, list[float | int | str | None]]] = {}
    tags: dict[str, list[float | int | str | None]] = {}
    varies: dict[str, list[str]] = {}


class WireExperimentRow(Response, omit_defaults=False):
    """An experiment and what goes on in it."""

    experiment_id: str
    name: str
    lifecycle_stage: str
    created: int
    updated: int
    last_run: int | None
    runs: int
    running: int
    failed: int
    tags: dict[str, str]


class ExperimentTableReply(Response, omit_defaults=False):
    """A page of experiments. `total` is given with the first page."""

    rows: list[WireExperimentRow]
    total: int | None = None
    next_cursor: str = ""


class WireLastDecision(Response, omit_defaults=False):
    """The last event of the ledger about a registered model."""

    seq: int
    timestamp: int
    action: str
    version: str
    actor: str
    reason: str


class WireRegisteredModelRow(Response, omit_defaults=False):
    """A registered model and what was decided about it."""

    name: str
    lifecycle_stage: str
    description: str
    created: int
    updated: int
    versions: int
    latest_version: str
    production: list[str]
    staging: list[str]
    aliases: dict[str, str]
    last_decision: WireLastDecision | None
    tags: dict[str, str]


class RegisteredModelTableReply(Response, omit_defaults=False):
    """A page of registered models. `total` is given with the first page; `seq` is the last event that it knows."""

    rows: list[WireRegisteredModelRow]
    seq: int = 0
    total: int | None = None
    next_cursor: str = ""


class WireToken(Response, omit_defaults=False):
    """A word or sign of a filter; offsets count code points from 0."""

    start: int
    end: int
    type: str


class WireFilterError(Response, omit_defaults=False):
    """What is wrong with a filter, and where."""

    start: int
    end: int
    message: str
    expected: list[str]


class FilterReply(Response, omit_defaults=False):
    """What a filter consists of."""

    tokens: list[WireToken]
    error: WireFilterError | None = None


def view_type_of(state: StateName) -> int:
    """Number of the view that shows a state."""
    return enum_number(VIEW_TYPE_NAMES, VIEW_TYPE_NAMES[_STATES.index(state)])


def state_of(view_type: int) -> StateName:
    """State that a view shows."""
    return _STATES[view_type - 1]


def runset_from_wire(request: GetRunTable | DownloadRunTable) -> RunSet:
    """The runs that a request is about."""
    run_ids = request.run_ids if isinstance(request, GetRunTable) else request.run_ids or None
    return RunSet(request.experiment_ids, request.filter, view_type_of(request.state), request.since, run_ids)


def run_table_to_wire(table: RunTable, milliseconds: float) -> RunTableReply:
    """A table for a response, with how long it took."""
    reply = RunTableReply(
        groups=None if table.groups is None else _groups_to_wire(table.groups),
        pinned=None if table.pinned is None else _rows_to_wire(WireRunRows(), table.pinned),
        total=table.total,
        is_total_exact=table.is_total_exact,
        has_tree=table.has_tree,
        next_cursor=table.cursor or "",
        ms=milliseconds,
    )
    return _rows_to_wire(reply, table.rows)


def run_table_from_wire(reply: RunTableReply, metrics: Collection[str]) -> RunTable:
    """A table from a response.

    Args:
        reply: The response.
        metrics: Columns of metrics, whose texts are numbers.
    """
    return RunTable(
        _rows_from_wire(reply, metrics),
        None if reply.groups is None else _groups_from_wire(reply.groups),
        None if reply.pinned is None else _rows_from_wire(reply.pinned, metrics),
        reply.total,
        reply.is_total_exact,
        reply.has_tree,
        reply.next_cursor or None,
    )


def keys_to_wire(keys: KeyList) -> RunKeysReply:
    """Keys for a response."""
    found = []
    for fact in keys.keys:
        low, high = _cells_to_wire([fact.min, fact.max])
        found.append(
            WireKey(
                fact.kind,
                fact.key,
                fact.column,
                fact.runs,
                fact.distinct,
                fact.numeric,
                low,
                high,
                fact.varies,
            )
        )
    return RunKeysReply(found, keys.total, keys.defaults)


def keys_from_wire(reply: RunKeysReply) -> KeyList:
    """Keys from a response."""
    facts = []
    for key in reply.keys:
        low, high = _numbers_from_wire([key.min, key.max]) if key.kind == "metrics" else (key.min, key.max)
        facts.append(
            KeyFacts(
                key.kind, key.key, key.column, key.runs, key.distinct, key.numeric, low, high, key.varies
            )
        )
    return KeyList(facts, reply.total, reply.defaults)


def values_to_wire(values: Sequence[ValueCount]) -> RunValuesReply:
    """Values for a response."""
    return RunValuesReply([WireValueCount(*value) for value in values])


def values_from_wire(reply: RunValuesReply) -> list[ValueCount]:
    """Values from a response."""
    return [ValueCount(value.value, value.runs) for value in reply.values]


def comparison_to_wire(comparison: RunComparison) -> ComparisonReply:
    """A comparison for a response."""
    reply = ComparisonReply(
        missing=comparison.missing,
        params=dict(comparison.params),
        metrics={
            key: {name: _cells_to_wire(cells) for name, cells in aggregates.items()}
            for key, aggregates in comparison.metrics.items()
        },
        tags=dict(comparison.tags),
        varies=dict(comparison.varies),
    )
    return _rows_to_wire(reply, comparison.rows)


def comparison_from_wire(reply: ComparisonReply) -> RunComparison:
    """A comparison from a response."""
    metrics = {
        key: {name: _numbers_from_wire(cells) for name, cells in aggregates.items()}
        for key, aggregates in reply.metrics.items()
    }
    return RunComparison(
        _rows_from_wire(reply, ()), reply.missing, reply.params, metrics, reply.tags, reply.varies
    )


def experiments_to_wire(table: ExperimentTable) -> ExperimentTableReply:
    """A table of experiments for a response."""
    return ExperimentTableReply(
        [WireExperimentRow(*row) for row in table.rows], table.total, table.cursor or ""
    )


def experiments_from_wire(reply: ExperimentTableReply) -> ExperimentTable:
    """A table of experiments from a response."""
    rows = [
        ExperimentRow(
            row.experiment_id, row.name, row.lifecycle_stage, row.created, row.updated, row.last_run, row.runs,
            row.running, row.failed, row.tags,
        )
        for row in reply.rows
    ]  # fmt: skip
    return ExperimentTable(rows, reply.total, reply.next_cursor or None)


def registered_models_to_wire(table: RegisteredModelTable) -> RegisteredModelTableReply:
    """A table of registered models for a response."""
    rows = [
        WireRegisteredModelRow(
            *row[:10], None if row.last_decision is None else WireLastDecision(*row.last_decision), row.tags
        )
        for row in table.rows
    ]
    return RegisteredModelTableReply(rows, table.seq, table.total, table.cursor or "")


def registered_models_from_wire(reply: RegisteredModelTableReply) -> RegisteredModelTable:
    """A table of registered models from a response."""
    rows = []
    for row in reply.rows:
        last = row.last_decision
        decided = None
        if last is not None:
            decided = LastDecision(
                last.seq, last.timestamp, last.action, last.version, last.actor, last.reason
            )
        rows.append(
            RegisteredModelRow(
                row.name, row.lifecycle_stage, row.description, row.created, row.updated, row.versions,
                row.latest_version, row.production, row.staging, row.aliases, decided, row.tags,
            )
        )  # fmt: skip
    return RegisteredModelTable(rows, reply.seq, reply.total, reply.next_cursor or None)


def _rows_to_wire(reply: T, rows: RunRows) -> T:
    """A response with rows filled in."""
    reply.run_id, reply.experiment_id, reply.name = rows.run_ids, rows.experiment_ids, rows.names
    reply.status, reply.start, reply.end = rows.statuses, rows.starts, rows.ends
    reply.children, reply.context = rows.children, rows.context
    reply.cells = {text: _cells_to_wire(cells) for text, cells in rows.cells.items()}
    reply.child_cells = {
        text: WireChildValues(
            _cells_to_wire(each.min), _cells_to_wire(each.max), _cells_to_wire(each.mean), each.known
        )
        for text, each in rows.child_cells.items()
    }
    return reply


def _rows_from_wire(reply: WireRunRows, metrics: Collection[str]) -> RunRows:
    return RunRows(
        reply.run_id,
        reply.experiment_id,
        reply.name,
        reply.status,
        reply.start,
        reply.end,
        reply.children,
        reply.context,
        {
            text: _numbers_from_wire(cells) if text in metrics else cells
            for text, cells in reply.cells.items()
        },
        {
            text: ChildValues(
                _numbers_from_wire(each.min),
                _numbers_from_wire(each.max),
                _numbers_from_wire(each.mean),
                each.known,
            )
            for text, each in reply.child_cells.items()
        },
    )


def _groups_to_wire(groups: RunGroups) -> WireRunGroups:
    metrics = {text: WireGroupValues(*summed) for text, summed in groups.metrics.items()}
    return WireRunGroups(groups.values, groups.runs, metrics)


def _groups_from_wire(groups: WireRunGroups) -> RunGroups:
    metrics = {
        text: GroupValues(each.known, each.mean, each.sd, each.min, each.max)
        for text, each in groups.metrics.items()
    }
    return RunGroups(groups.values, groups.runs, metrics)


def _cells_to_wire(cells: Sequence[Cell]) -> list[Cell]:
    """Cells as JSON has them: NaN and infinities as text."""
    return [
        double_to_wire(cell) if cell.__class__ is float and not math.isfinite(cell) else cell
        for cell in cells
    ]


def _numbers_from_wire(cells: Sequence[Cell]) -> list[Cell]:
    return [double_from_wire(cell, "cell") if isinstance(cell, str) else cell for cell in cells]
