"""The step to a database that is spread over machines: what is changed, and that the schema and all statements allow it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.distribution import DISTRIBUTED, REFERENCE, distribute
from mlflow._storage.sql.store import SqlStore
from mlflow.cli.db import db
from mlflow.entities._tables import RunSet
from mlflow.entities.dataset import Dataset
from mlflow.entities.dataset_input import DatasetInput
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.entities.run_status import RunStatus
from mlflow.entities.run_tag import RunTag
from mlflow.exceptions import InvalidParameterValue, InvalidState

CITUS_URL = "HEADRACE_TEST_CITUS_URL"
"""Names a server with Citus; its user must be allowed to make databases."""

_STAND_INS = """
CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY, partkey text);
CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO pg_dist_partition VALUES (name, NULL);
  END $$;
CREATE FUNCTION create_distributed_table(name regclass, key text, shard_count int DEFAULT 32,
                                         colocate_with text DEFAULT 'default') RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (
      SELECT 1 FROM pg_index i WHERE i.indrelid = name AND i.indisunique AND NOT EXISTS (
        SELECT 1 FROM pg_attribute a WHERE a.attrelid = name AND a.attname = key AND a.attnum = ANY(i.indkey)
      )
    ) THEN
      RAISE EXCEPTION 'cannot create constraint on "%"', name USING DETAIL = 'it does not hold the partition column';
    END IF;
    IF colocate_with NOT IN ('none', 'default')
       AND NOT EXISTS (SELECT 1 FROM pg_dist_partition p WHERE p.logicalrelid = colocate_with::regclass) THEN
      RAISE EXCEPTION 'relation % is not distributed', colocate_with;
    END IF;
    INSERT INTO pg_dist_partition VALUES (name, key);
  END $$;
"""
"""Functions by the names of those of Citus, which keep its rule about unique keys, and note what was asked for."""


@pytest.fixture
def store(postgres_database: str) -> Iterator[SqlStore]:
    opened = open_sql_store(postgres_database)
    yield opened
    opened.close()


@pytest.fixture
def with_stand_ins(store: SqlStore) -> SqlStore:
    """A database which has the functions and the catalogue of Citus by their names, in another schema."""

    def work(cx: Connection) -> None:
        schema, user = "citus_stand_ins", "current_user"
        cx.run(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        cx.run(f"SET LOCAL search_path TO {schema}, public")
        for statement in re.split(r"(?<=\));\s*\n(?=CREATE)|(?<=\$\$);\s*\n", _STAND_INS):
            if statement.strip():
                cx.run(statement.strip())
        (database,) = cx.one("SELECT current_database()") or ("",)
        cx.run(f"ALTER ROLE {user} IN DATABASE {database} SET search_path TO public, {schema}")

    store.engine.write(work)
    return store


def test_every_table_is_either_spread_or_everywhere(store: SqlStore) -> None:
    with store.engine.reading() as cx:
        tables = {row[0] for row in cx.all("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}

    assert tables == {*DISTRIBUTED, *REFERENCE}


def _reopened(store: SqlStore, uri: str) -> SqlStore:
    store.close()  # the settings of a role count for new connections
    return open_sql_store(uri)


@pytest.fixture
def distributed(with_stand_ins: SqlStore, postgres_database: str) -> Iterator[SqlStore]:
    opened = _reopened(with_stand_ins, postgres_database)
    distribute(opened.engine)
    yield opened
    with opened.engine.reading() as cx:
        (database,) = cx.one("SELECT current_database()") or ("",)
    opened.engine.write(
        lambda cx: cx.run(f"ALTER ROLE current_user IN DATABASE {database} RESET search_path")
    )
    opened.engine.write(lambda cx: cx.run("DROP SCHEMA citus_stand_ins CASCADE"))
    opened.close()


def test_a_database_is_spread_by_runs_and_its_unique_keys_allow_it(distributed: SqlStore) -> None:
    with distributed.engine.reading() as cx:
        rows = cx.all("SELECT logicalrelid::text, partkey FROM pg_dist_partition")

    assert {row[0]: row[1] for row in rows} == {**dict.fromkeys(REFERENCE), **DISTRIBUTED}


def test_what_is_spread_already_is_left_as_it_is(distributed: SqlStore) -> None:
    assert distribute(distributed.engine) == []


def test_a_distributed_database_is_used_as_before(distributed: SqlStore) -> None:
    _use(distributed)


def test_without_the_extension_nothing_is_changed_and_the_remedy_is_told(store: SqlStore) -> None:
    with pytest.raises(InvalidParameterValue, match="CREATE EXTENSION citus"):
        distribute(store.engine)


def test_a_file_is_not_distributed(tmp_path: object) -> None:
    store = open_sql_store(f"sqlite:///{tmp_path}/a.db")
    with pytest.raises(InvalidParameterValue, match="only a PostgreSQL database"):
        distribute(store.engine)
    store.close()


def test_a_failure_half_way_leaves_everything_as_it_was(
    distributed: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed.engine.write(
        lambda cx: cx.run("DELETE FROM pg_dist_partition WHERE logicalrelid::text IN ('tag', 'key')")
    )
    distributed.engine.write(lambda cx: cx.run("ALTER TABLE tag ADD COLUMN extra BIGINT UNIQUE"))

    with pytest.raises(Exception, match="refused a statement"):
        distribute(distributed.engine)

    with distributed.engine.reading() as cx:
        assert cx.one("SELECT 1 FROM pg_dist_partition WHERE logicalrelid::text IN ('tag', 'key')") is None


def test_tables_of_others_are_not_touched(distributed: SqlStore) -> None:
    distributed.engine.write(lambda cx: cx.run("CREATE TABLE theirs (a BIGINT)"))
    with pytest.raises(InvalidState, match="theirs"):
        distribute(distributed.engine)


def test_the_command_prints_what_it_would_do() -> None:
    done = CliRunner().invoke(db, ["distribute", "postgresql://nowhere/x", "--dry-run", "--shards", "64"])

    assert done.exit_code == 0
    assert (
        "SELECT create_distributed_table('run', 'id', shard_count => 64, colocate_with => 'none');"
        in done.output
    )
    assert "SELECT create_distributed_table('metric', 'run', colocate_with => 'run');" in done.output


def _use(store: SqlStore) -> None:
    """Calls of every kind that reach tables which may be spread."""
    experiment = store.experiments.create("a")
    parent = store.runs.create(experiment, "ada", 1, run_name="parent").info.run_id
    run_id = store.runs.create(
        experiment, "ada", 1, [RunTag("mlflow.parentRunId", parent)], "child"
    ).info.run_id
    points = [Metric(f"m{step % 3}", float(step), step, step) for step in range(900)]
    for start in range(4):
        moved = [Metric(p.key, p.value, p.timestamp, p.step + 900 * start) for p in points]
        store.runs.log_batch(run_id, moved, [Param(f"p{start}", "1")], [RunTag("t", str(start))])
    store.metrics.log(run_id, Metric("m0", 1.0, 1, 1))
    store.params.log(run_id, Param("p", "x"))
    store.tags.set(run_id, RunTag("t", "2"))
    store.tags.delete(run_id, "t")
    dataset = Dataset("d", "1", "local", "{}", None, None)
    store.inputs.log_inputs(run_id, [DatasetInput(dataset, [])], [])
    model = store.logged_models.create(experiment, "m", run_id)
    store.logged_models.finalize(model.model_id, LoggedModelStatus.READY)
    store.inputs.log_outputs(run_id, [LoggedModelOutput(model.model_id, 1)])
    store.metrics.log(run_id, Metric("m0", 1.0, 5, 5, model_id=model.model_id))
    store.leases.renew([parent], 1)
    store.leases.expire()
    for filter_string in (
        "metrics.m0 > 0",
        "params.p = 'x' AND metrics.m1 < 1e9",
        "tags.`mlflow.runName` LIKE 'ch%'",
    ):
        found = store.runs.search([experiment], filter_string, order_by=["metrics.m0 DESC", "params.p"])
        assert [run.info.run_id for run in found] == [run_id]
    assert len(store.runs.search([experiment], "datasets.name = 'd'")) == 1
    assert len(store.logged_models.search([experiment])) == 1
    assert store.inputs.search_datasets([experiment])
    assert len(store.metrics.history(run_id, "m0")) >= 1200
    store.metrics.sampled_history([run_id], "m0", None, None, 100)
    store.tables.runs(RunSet((experiment,)), columns=["metrics.m0", "params.p"])
    store.tables.runs(RunSet((experiment,)), tree=True)
    assert {facts.column for facts in store.tables.keys([experiment]).keys} >= {"metrics.m0", "params.p"}
    assert [each.value for each in store.tables.values([experiment], "params.p")] == ["x"]
    store.runs.update(run_id, RunStatus.FINISHED, 5)
    store.runs.delete(run_id)
    store.runs.restore(run_id)
    store.runs.get(run_id)
    store.experiments.delete(experiment)


_INSERT = re.compile(r"INSERT INTO (\w+).*?(?:ON CONFLICT\s*\(([^)]*)\))", re.DOTALL)
_UPDATE = re.compile(r"UPDATE (\w+)(?: \w+)? SET (.*?)(?: FROM | WHERE |\Z)", re.DOTALL)


def _broken_rules(statement: str) -> Iterator[str]:
    """What a statement does that a distributed table does not allow."""
    if "RECURSIVE" in statement:
        yield f"it is recursive: {statement}"
    if re.search(r"OFFSET 0|LATERAL", statement):
        yield f"a sub-select would have to be done apart: {statement}"
    for table, target in _INSERT.findall(statement):
        if table in DISTRIBUTED and DISTRIBUTED[table] not in re.findall(r"\w+", target):
            yield f"the conflict is not told by the number of the run: {statement}"
    for table, assignments in _UPDATE.findall(statement):
        if table in DISTRIBUTED and re.search(rf"(?:^|,)\s*{DISTRIBUTED[table]}\s*=", assignments):
            yield f"a row would move to another machine: {statement}"
    lock = re.search(r"FOR (?:NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)", statement)
    table = re.search(r"FROM (\w+)", statement)
    if (
        lock
        and table
        and table[1] in DISTRIBUTED
        and not re.search(rf"\b{DISTRIBUTED[table[1]]}\s*=\s*(?:%s|\$|\w)", statement)
    ):
        yield f"rows of more than one machine would be locked: {statement}"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM run r WHERE EXISTS (SELECT 1 FROM tag x WHERE x.run = r.id OFFSET 0)",
        "WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a",
        "INSERT INTO metric_inbox (run) VALUES (%s) ON CONFLICT (id) DO NOTHING",
        "UPDATE tag SET run = %s WHERE key = 1",
        "SELECT 1 FROM run WHERE name = %s FOR UPDATE",
    ],
)
def test_the_rules_find_what_is_not_allowed(statement: str) -> None:
    assert list(_broken_rules(statement))


def test_every_statement_keeps_the_rules_of_distributed_tables(
    distributed: SqlStore, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    seen: set[str] = set()
    execute: Callable[..., Any] = psycopg.Connection.execute

    def noting(self: Any, query: bytes, *arguments: Any, **options: Any) -> Any:
        seen.add(query.decode() if isinstance(query, bytes) else str(query))
        return execute(self, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", noting)
    store = open_sql_store(postgres_database)  # which finds that it is distributed
    _use(store)
    store.close()

    assert len(seen) > 60
    assert [rule for statement in sorted(seen) for rule in _broken_rules(statement)] == []


def _citus_url() -> str:
    url = os.environ.get(CITUS_URL)
    if not url:
        pytest.skip(f"no server with Citus; name one with {CITUS_URL}")
    return url


def test_a_cluster_is_made_and_used() -> None:
    import psycopg

    url = _citus_url()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS citus")
    store = open_sql_store(url)
    before = store.runs.create("0", run_name="before").info.run_id
    distribute(store.engine)
    _use(store)
    assert store.runs.get(before).info.run_name == "before"
    assert distribute(store.engine) == []
    store.close()
