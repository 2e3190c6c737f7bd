"""A PostgreSQL database whose tables are spread over several machines with the extension Citus.

What belongs to one run lies together, on the machine that the hash of the run's number names: all writes and most reads are of
one run, and one busy experiment keeps all machines busy. The rest is small, and every machine has all of it.

Rules for the schema (checked by tests for every migration): a unique key of a distributed table holds the number of the run; there
are no foreign keys between the two kinds; no statement is recursive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.dialects import Dialect
from mlflow._storage.sql.engine import Engine
from mlflow.exceptions import InvalidParameterValue, InvalidState

DISTRIBUTED: Mapping[str, str] = {
    "run": "id",
    "metric": "run",
    "metric_block": "run",
    "metric_inbox": "run",
    "metric_pack": "run",
    "param": "run",
    "run_dataset": "run",
    "run_dataset_tag": "run",
    "run_document": "run",
    "run_lease": "run",
    "run_model": "run",
    "run_segment": "run",
    "segment_block": "run",
    "tag": "run",
}
"""Tables that are spread, and the column with the number of the run. The first one is spread first."""
REFERENCE = (
    "artifact_root",
    "dataset",
    "decision",
    "decision_head",
    "decision_name",
    "decision_root",
    "experiment",
    "experiment_tag",
    "foreign_id",
    "headrace_migration",
    "key",
    "logged_model",
    "logged_model_metric",
    "logged_model_param",
    "logged_model_tag",
    "model_alias",
    "model_approval",
    "model_comment",
    "model_manifest",
    "model_version",
    "model_version_tag",
    "open_review",
    "purged_files",
    "registered_model",
    "registered_model_tag",
    "registry_policy",
    "setting",
    "transition_request",
    "webhook",
    "webhook_delivery",
    "webhook_event",
)
"""Tables that every machine has all of."""
WIDER_KEYS: Mapping[str, tuple[str, ...]] = {"metric_inbox": ("run", "id")}
"""Primary keys that need the number of the run beside what they consist of on one machine."""
SHARDS = 32


def statements(done: frozenset[str] = frozenset(), shards: int = SHARDS) -> Iterator[str]:
    """What makes a database a distributed one, in order.

    Args:
        done: Tables that are spread already.
        shards: Into how many parts tables are divided; at least as many as there will ever be processor cores.
    """
    # Reference tables and distributed ones are changed in one transaction, so over one connection per machine.
    yield "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"
    for table in REFERENCE:
        if table not in done:
            yield f"SELECT create_reference_table('{table}')"
    for table, columns in WIDER_KEYS.items():
        if table not in done:
            yield f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey"
            yield f"ALTER TABLE {table} ADD PRIMARY KEY ({', '.join(columns)})"
    first = next(iter(DISTRIBUTED))
    for table, column in DISTRIBUTED.items():
        if table in done:
            continue
        place = f"shard_count => {shards}, colocate_with => 'none'"
        if table != first:
            place = f"colocate_with => '{first}'"
        yield f"SELECT create_distributed_table('{table}', '{column}', {place})"


def distribute(engine: Engine, shards: int = SHARDS) -> list[str]:
    """Makes a database a distributed one, all of it or nothing; one that is already is left as it is.

    Args:
        engine: The database, with the current schema and with Citus.
        shards: Into how many parts tables are divided.

    Returns:
        The tables that were spread.

    Raises:
        InvalidParameterValue: It is no PostgreSQL database, or the extension is not there.
        InvalidState: It has tables that this version does not know how to spread.
    """
    dialect = engine.dialect
    if not dialect.many_processes:
        raise InvalidParameterValue(f"{dialect.uri} is a file: only a PostgreSQL database can be distributed")

    def work(cx: Connection) -> list[str]:
        dialect.lock_schema(cx)
        _check(cx, dialect)
        done = frozenset(row[0] for row in cx.all("SELECT logicalrelid::text FROM pg_dist_partition"))
        for statement in statements(done, shards):
            cx.run(statement)
        return [table for table in (*REFERENCE, *DISTRIBUTED) if table not in done]

    return engine.write(work)


def _check(cx: Connection, dialect: Dialect) -> None:
    if cx.one("SELECT to_regproc('create_distributed_table') IS NOT NULL") != (True,):
        raise InvalidParameterValue(
            f"The database {dialect.uri} does not have the extension Citus. Install it on all machines, add it to "
            "shared_preload_libraries, and run in this database: CREATE EXTENSION citus"
        )
    present = {
        row[0] for row in cx.all("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()")
    }
    unknown = sorted(present - set(REFERENCE) - set(DISTRIBUTED))
    if unknown:
        raise InvalidState(
            f"The database {dialect.uri} has tables that are not Headrace's: {', '.join(unknown)}. Move them to another "
            "database first"
        )
