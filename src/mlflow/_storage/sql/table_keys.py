"""What was logged in some experiments: keys and values, found by skipping from one to the next in their indexes."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._search.fields.runs import FIELDS
from mlflow._search.format import format_key
from mlflow._search.parser import parse_column
from mlflow._search.tree import Entity
from mlflow._storage.interface.tables import COUNTED_BY_KEY
from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.search import INDEXED_LENGTH, Sql, any_of, one_of
from mlflow._storage.sql.search_runs import TABLES
from mlflow.entities._tables import KeyFacts, KeyList, ValueCount
from mlflow.entities.run_status import RunStatus
from mlflow.exceptions import InvalidParameterValue

DISTINCT = 20
"""How far different values of a key are counted."""
_NEWEST = 20
"""Runs whose keys make the default columns."""
_DEFAULTS = 6
_SKIPPED = ("mlflow.", "system/")
"""Beginnings of keys that are no default columns."""
_VALUE = f"substr(x.value, 1, {INDEXED_LENGTH})"


def keys_of(
    cx: Connection, engine: Engine, experiments: Sequence[int], kind: str | None, query: str, limit: int
) -> KeyList:
    """Keys of experiments; the number of statements does not depend on how many there are."""
    entities = [entity for entity in TABLES if kind in (None, entity.value)]
    if not entities:
        raise InvalidParameterValue(
            f"Invalid value {kind!r} for parameter 'kind' supplied: use {', '.join(entity.value for entity in TABLES)}"
        )
    numbers = {entity: _numbers(cx, engine, TABLES[entity], experiments) for entity in entities}
    names = engine.keys.names(cx, {number for group in numbers.values() for number in group})
    folded = query.casefold()
    found = [
        (entity, names[number], number)
        for entity in entities
        for number in numbers[entity]
        if folded in names[number].casefold()
    ]
    found.sort(key=lambda item: (entities.index(item[0]), item[1]))
    shown = found[:limit]
    facts: list[KeyFacts] = []
    for entity in entities:
        wanted = {number: name for of, name, number in shown if of is entity}
        if wanted:
            facts += _facts(cx, engine, entity, experiments, wanted)
    return KeyList(facts, len(found), _defaults(cx, engine, experiments))


def values_of(
    cx: Connection, engine: Engine, experiments: Sequence[int], key: str, prefix: str, limit: int
) -> list[ValueCount]:
    """Values of a key that begin with a text, in order."""
    column = parse_column(key, FIELDS)
    if column.entity is Entity.ATTRIBUTE and column.key == "status":
        return _states(cx, engine, experiments, prefix, limit)
    if column.entity in (Entity.PARAM, Entity.TAG):
        number = engine.keys.find(cx, column.key)
        table, value, fixed = TABLES[column.entity], _VALUE, Sql("x.key = ?", (number or 0,))
    elif column.entity is Entity.ATTRIBUTE and column.key == "run_name":
        table, value, fixed = "run", f"substr(x.name, 1, {INDEXED_LENGTH})", Sql("x.deleted_ms IS NULL")
    else:
        raise InvalidParameterValue(
            f"There is no list of values of {key!r}; there is one of params.…, tags.…, status and run_name"
        )
    prefix = prefix[:INDEXED_LENGTH]
    of_value = _counts_by_scan if engine.dialect.distributed else _counts_by_walk
    rows = of_value(cx, engine, experiments, f"{table} x", value, fixed, prefix, limit)
    totals: dict[str, int] = {}
    for text, runs in rows:
        totals[text] = min(totals.get(text, 0) + runs, COUNTED_BY_KEY)
    return [ValueCount(text, totals[text]) for text in sorted(totals)[:limit]]


def _counts_by_walk(
    cx: Connection,
    engine: Engine,
    experiments: Sequence[int],
    table: str,
    value: str,
    fixed: Sql,
    prefix: str,
    limit: int,
) -> list[Row]:
    """Values that begin with a text, and in how many rows they are, from the index alone."""
    chosen = any_of(engine.dialect, "e.id", experiments)
    # Every experiment is walked by itself, as its index is; each step finds the next value.
    following = (
        f"(SELECT {value} FROM {table} WHERE x.experiment = {{experiment}} AND {fixed.text} "
        f"AND {value} {{sign}} {{bound}} ORDER BY {value} LIMIT 1)"
    )
    first = following.format(experiment="e.id", sign=">=", bound="?")
    second = following.format(experiment="w.experiment", sign=">", bound="w.value")
    counted = (
        f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE x.experiment = w.experiment AND {fixed.text} "
        f"AND {value} = w.value LIMIT {COUNTED_BY_KEY}) c"
    )
    return cx.all(
        f"WITH RECURSIVE w (experiment, value, n) AS (SELECT e.id, {first}, 1 FROM experiment e WHERE {chosen.text} "
        f"UNION ALL SELECT w.experiment, {second}, w.n + 1 FROM w WHERE w.value IS NOT NULL AND w.n < ? "
        "AND substr(w.value, 1, ?) = ?) "
        f"SELECT w.value, ({counted}) FROM w WHERE w.value IS NOT NULL AND substr(w.value, 1, ?) = ?",
        (
            *fixed.parameters, prefix, *chosen.parameters, *fixed.parameters, limit, len(prefix), prefix,
            *fixed.parameters, len(prefix), prefix,
        ),
    )  # fmt: skip


def _counts_by_scan(
    cx: Connection,
    engine: Engine,
    experiments: Sequence[int],
    table: str,
    value: str,
    fixed: Sql,
    prefix: str,
    limit: int,
) -> list[Row]:
    """As `_counts_by_walk`, with a statement that machines can share."""
    chosen = any_of(engine.dialect, "x.experiment", experiments)
    return cx.all(
        f"SELECT {value}, count(*) FROM {table} WHERE {chosen.text} AND {fixed.text} AND substr({value}, 1, ?) = ? "
        f"GROUP BY {value} ORDER BY {value} LIMIT ?",
        (*chosen.parameters, *fixed.parameters, len(prefix), prefix, limit),
    )


def _states(
    cx: Connection, engine: Engine, experiments: Sequence[int], prefix: str, limit: int
) -> list[ValueCount]:
    chosen = any_of(engine.dialect, "e.id", experiments)
    counted = ", ".join(
        f"(SELECT count(*) FROM (SELECT 1 FROM run x WHERE x.experiment = e.id AND x.status = {number} "
        f"AND x.deleted_ms IS NULL LIMIT {COUNTED_BY_KEY}) c{number})"
        for number in RunStatus._STATUS_TO_STRING
    )
    totals: dict[str, int] = {}
    for row in cx.all(f"SELECT {counted} FROM experiment e WHERE {chosen.text}", chosen.parameters):
        for name, runs in zip(RunStatus._STATUS_TO_STRING.values(), row, strict=True):
            totals[name] = min(totals.get(name, 0) + runs, COUNTED_BY_KEY)
    return [
        ValueCount(name, totals[name]) for name in sorted(totals) if totals[name] and name.startswith(prefix)
    ][:limit]


def _numbers(cx: Connection, engine: Engine, table: str, experiments: Sequence[int]) -> set[int]:
    """Numbers of all keys of experiments in a table."""
    if engine.dialect.distributed:
        places = any_of(engine.dialect, "x.experiment", experiments)
        return {
            row[0]
            for row in cx.all(f"SELECT DISTINCT x.key FROM {table} x WHERE {places.text}", places.parameters)
        }
    chosen = one_of("e.id", experiments)
    rows = cx.all(
        "WITH RECURSIVE k (experiment, key) AS ("
        f"SELECT e.id, (SELECT min(x.key) FROM {table} x WHERE x.experiment = e.id) FROM experiment e "
        f"WHERE {chosen.text} UNION ALL SELECT k.experiment, (SELECT min(x.key) FROM {table} x "
        "WHERE x.experiment = k.experiment AND x.key > k.key) FROM k WHERE k.key IS NOT NULL) "
        "SELECT DISTINCT key FROM k WHERE key IS NOT NULL",
        chosen.parameters,
    )
    return {row[0] for row in rows}


def _facts(
    cx: Connection, engine: Engine, entity: Entity, experiments: Sequence[int], names: dict[int, str]
) -> list[KeyFacts]:
    """Facts about keys of one kind, in the order of `names`."""
    table = TABLES[entity]
    places = one_of("e.id", experiments)
    keys = any_of(engine.dialect, "k.id", list(names))
    of_key = f"FROM {table} x WHERE x.experiment = e.id AND x.key = k.id"
    value, present = ("x.value", " AND x.value IS NOT NULL") if entity is Entity.METRIC else (_VALUE, "")
    columns = [
        f"(SELECT count(*) FROM (SELECT 1 {of_key} LIMIT {COUNTED_BY_KEY}) c)",
        f"(SELECT {value} {of_key}{present} ORDER BY {value} LIMIT 1)",
        f"(SELECT {value} {of_key}{present} ORDER BY {value} DESC LIMIT 1)",
        "(SELECT count(*) FROM (SELECT 1 FROM run x WHERE x.experiment = e.id AND x.deleted_ms IS NULL "
        f"LIMIT {COUNTED_BY_KEY}) c)",
    ]
    if entity is Entity.PARAM:
        number = f"{of_key} AND x.number IS NOT NULL"
        columns += [
            f"(SELECT count(*) FROM (SELECT 1 {number} LIMIT {COUNTED_BY_KEY}) c)",
            f"(SELECT x.number {number} ORDER BY x.number LIMIT 1)",
            f"(SELECT x.number {number} ORDER BY x.number DESC LIMIT 1)",
        ]
    rows = cx.all(
        f"SELECT k.id, {', '.join(columns)} FROM key k CROSS JOIN experiment e WHERE {keys.text} AND {places.text}",
        (*keys.parameters, *places.parameters),
    )
    distinct = {} if entity is Entity.METRIC else _distinct(cx, engine, table, experiments, list(names))
    by_key: dict[int, list[tuple[object, ...]]] = {number: [] for number in names}
    for number, *facts in rows:
        by_key[number].append(tuple(facts))
    return [_combined(entity, name, by_key[number], distinct.get(number)) for number, name in names.items()]


def _combined(
    entity: Entity, name: str, parts: Sequence[tuple[object, ...]], distinct: int | None
) -> KeyFacts:
    """Facts of a key from those in each experiment."""

    def total(at: int) -> int:
        return sum(part[at] for part in parts)  # type: ignore[misc]  # counts, as the statement says

    def extreme(at: int, *, greatest: bool) -> float | str | None:
        there = [part[at] for part in parts if part[at] is not None]
        return (max(there) if greatest else min(there)) if there else None  # type: ignore[type-var,return-value]  # of one kind each

    runs = total(0)
    low, high = extreme(1, greatest=False), extreme(2, greatest=True)
    varies = low != high or runs < total(3)
    numeric = entity is Entity.METRIC
    if entity is Entity.PARAM and runs and total(4) == runs:
        numeric, low, high = True, extreme(5, greatest=False), extreme(6, greatest=True)
    return KeyFacts(entity.value, name, format_key(entity, name), runs, distinct, numeric, low, high, varies)


def _distinct(
    cx: Connection, engine: Engine, table: str, experiments: Sequence[int], numbers: Sequence[int]
) -> dict[int, int]:
    """How many different values keys have, counted up to `DISTINCT`."""
    if engine.dialect.distributed:
        chosen = any_of(engine.dialect, "x.experiment", experiments)
        wanted = any_of(engine.dialect, "x.key", numbers)
        counts = cx.all(
            f"SELECT x.key, count(DISTINCT {_VALUE}) FROM {table} x WHERE {chosen.text} AND {wanted.text} GROUP BY x.key",
            (*chosen.parameters, *wanted.parameters),
        )
        return {key: min(count, DISTINCT) for key, count in counts}
    places = one_of("e.id", experiments)
    keys = any_of(engine.dialect, "k.id", numbers)
    step = (
        f"(SELECT {_VALUE} FROM {table} x WHERE x.experiment = {{experiment}} AND x.key = {{key}} {{after}} "
        f"ORDER BY {_VALUE} LIMIT 1)"
    )
    first = step.format(experiment="e.id", key="k.id", after="")
    following = step.format(experiment="v.experiment", key="v.key", after=f"AND {_VALUE} > v.value")
    rows = cx.all(
        f"WITH RECURSIVE v (experiment, key, value, n) AS (SELECT e.id, k.id, {first}, 1 "
        f"FROM key k CROSS JOIN experiment e WHERE {keys.text} AND {places.text} "
        f"UNION ALL SELECT v.experiment, v.key, {following}, v.n + 1 FROM v WHERE v.value IS NOT NULL AND v.n < ?) "
        "SELECT key, count(DISTINCT value) FROM v WHERE value IS NOT NULL GROUP BY key",
        (*keys.parameters, *places.parameters, DISTINCT),
    )
    return {key: min(count, DISTINCT) for key, count in rows}


def _defaults(cx: Connection, engine: Engine, experiments: Sequence[int]) -> list[str]:
    """Columns that tell the newest runs apart."""
    places = one_of("r.experiment", experiments)
    newest = (
        f"(SELECT r.id FROM run r WHERE {places.text} AND r.deleted_ms IS NULL "
        f"ORDER BY r.start_ms DESC, r.id LIMIT {_NEWEST})"
    )
    columns: list[str] = []
    for entity, varying in ((Entity.PARAM, True), (Entity.METRIC, False)):
        table = TABLES[entity]
        values = f"count(DISTINCT {_VALUE})" if varying else "0"
        rows = cx.all(
            f"SELECT x.key, count(*), {values}, (SELECT count(*) FROM {newest} n) FROM {newest} n "
            f"JOIN {table} x ON x.run = n.id GROUP BY x.key",
            (*places.parameters, *places.parameters),
        )
        names = engine.keys.names(cx, [row[0] for row in rows])
        ranked = sorted(
            (-runs, names[key])
            for key, runs, different, total in rows
            if not names[key].startswith(_SKIPPED) and (not varying or different > 1 or runs < total)
        )
        columns += [format_key(entity, name) for _, name in ranked[:_DEFAULTS]]
    return columns
