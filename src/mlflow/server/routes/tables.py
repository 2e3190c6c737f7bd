"""Handlers: tables."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Executor

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mlflow._base.cells import safe_cell
from mlflow._search.check import check_filter
from mlflow._search.fields.nouns import FIELDS_BY_NOUN
from mlflow._storage.interface.tables import MAX_COLUMNS, MAX_TABLE_ROWS
from mlflow._wire import tables as wire
from mlflow.entities._tables import RunRows
from mlflow.exceptions import InvalidParameterValue
from mlflow.server.context import Context
from mlflow.server.routes import Handler
from mlflow.server.routes.transfers import Pools, Transfer

ALL_COLUMNS = "*"
_FACTS = ("run_id", "experiment_id", "name", "status", "start_time", "end_time")


def get_run_table(context: Context, request: wire.GetRunTable) -> wire.RunTableReply:
    started = time.perf_counter()
    table = context.store.tables.runs(
        wire.runset_from_wire(request),
        request.columns,
        request.order_by,
        tree=request.tree,
        parent=request.parent or None,
        group_by=request.group_by,
        pinned=request.pinned,
        limit=request.limit,
        cursor=request.cursor or None,
    )
    return wire.run_table_to_wire(table, round((time.perf_counter() - started) * 1000, 2))


def get_run_keys(context: Context, request: wire.GetRunKeys) -> wire.RunKeysReply:
    keys = context.store.tables.keys(request.experiment_id, request.kind or None, request.q, request.limit)
    return wire.keys_to_wire(keys)


def get_run_values(context: Context, request: wire.GetRunValues) -> wire.RunValuesReply:
    values = context.store.tables.values(request.experiment_id, request.key, request.prefix, request.limit)
    return wire.values_to_wire(values)


def compare_runs(context: Context, request: wire.CompareRuns) -> wire.ComparisonReply:
    return wire.comparison_to_wire(
        context.store.tables.compare(request.run_ids, request.aggregates or ("last",))
    )


def get_experiment_table(context: Context, request: wire.GetExperimentTable) -> wire.ExperimentTableReply:
    table = context.store.tables.experiments(
        request.filter,
        request.q,
        wire.view_type_of(request.state),
        request.sort,
        request.limit,
        request.cursor or None,
    )
    return wire.experiments_to_wire(table)


def get_registered_model_table(
    context: Context, request: wire.GetRegisteredModelTable
) -> wire.RegisteredModelTableReply:
    table = context.store.tables.registered_models(
        request.filter,
        request.q,
        wire.view_type_of(request.state),
        request.sort,
        request.limit,
        request.cursor or None,
    )
    return wire.registered_models_to_wire(table)


def check(context: Context, request: wire.CheckFilter) -> wire.FilterReply:  # noqa: ARG001 - the language needs no store
    fields = FIELDS_BY_NOUN.get(request.entity)
    if fields is None:
        raise InvalidParameterValue(
            f"Invalid value {request.entity!r} for parameter 'entity' supplied: use {', '.join(FIELDS_BY_NOUN)}"
        )
    found = check_filter(request.filter, fields)
    error = found.error
    return wire.FilterReply(
        [wire.WireToken(token.start, token.end, token.type.value) for token in found.tokens],
        None
        if error is None
        else wire.WireFilterError(error.start, error.end, error.message, list(error.expected)),
    )


async def download_run_table(
    context: Context,
    request: wire.DownloadRunTable,
    http: Request,  # noqa: ARG001 - a transfer is given it
    pools: Pools,
) -> Response:
    loop = asyncio.get_running_loop()
    pool = pools.reads
    columns = await loop.run_in_executor(pool, _columns, context, request)
    parts = _csv_parts(context, request, columns)
    # The first part tells whether the request can be answered at all, while there is still a way to say no.
    first = await loop.run_in_executor(pool, next, parts)
    headers = {
        "Content-Disposition": 'attachment; filename="runs.csv"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(
        _streamed(first, parts, pool), media_type="text/csv; charset=utf-8", headers=headers
    )


def _columns(context: Context, request: wire.DownloadRunTable) -> list[str]:
    """Columns of a CSV file, those that `*` stands for included."""
    if ALL_COLUMNS not in request.columns:
        return request.columns
    keys = context.store.tables.keys(request.experiment_ids, limit=MAX_COLUMNS)
    if keys.total > MAX_COLUMNS:
        raise InvalidParameterValue(
            f"These experiments have {keys.total:,} keys, more than the {MAX_COLUMNS:,} columns of a table; name those "
            "that you want"
        )
    named = [column for column in request.columns if column != ALL_COLUMNS]
    return list(dict.fromkeys([*named, *(fact.column for fact in keys.keys)]))


def _csv_parts(context: Context, request: wire.DownloadRunTable, columns: Sequence[str]) -> Iterator[bytes]:
    """The file, page by page."""
    cursor: str | None = None
    header = True
    while header or cursor:
        table = context.store.tables.runs(
            wire.runset_from_wire(request), columns, request.order_by, limit=MAX_TABLE_ROWS, cursor=cursor
        )
        text = io.StringIO()
        writer = csv.writer(text)
        if header:
            writer.writerow([*_FACTS, *(safe_cell(column) for column in columns)])
        writer.writerows(_csv_rows(table.rows))
        yield text.getvalue().encode()
        header, cursor = False, table.cursor


def _csv_rows(rows: RunRows) -> Iterator[list[object]]:
    facts = (rows.run_ids, rows.experiment_ids, rows.names, rows.statuses, rows.starts, rows.ends)
    for row in zip(*facts, *rows.cells.values(), strict=True):
        yield [safe_cell(cell) for cell in row]


async def _streamed(first: bytes, parts: Iterator[bytes], pool: Executor) -> AsyncIterator[bytes]:
    part = first
    while part:
        yield part
        part = await asyncio.get_running_loop().run_in_executor(pool, next, parts, b"")


TRANSFERS: dict[str, Transfer] = {"download_run_table": download_run_table}
HANDLERS: dict[str, Handler] = {
    "get_run_table": get_run_table,
    "get_run_keys": get_run_keys,
    "get_run_values": get_run_values,
    "compare_runs": compare_runs,
    "get_experiment_table": get_experiment_table,
    "get_registered_model_table": get_registered_model_table,
    "check_filter": check,
}
