"""How every store answers with tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from mlflow._base.attribution import explained
from mlflow._storage.interface.store import Store
from mlflow.entities._tables import RunSet, RunTable
from mlflow.entities.dataset import Dataset
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_inputs import DatasetInput
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import ExperimentTag, RunTag
from mlflow.entities.view_type import ViewType
from tests.contract.errors import INVALID, MISSING, refused

DEFAULT = RunSet(["0"])
PARENT = "mlflow.parentRunId"


def make_run(
    store: Store,
    name: str,
    metrics: dict[str, Sequence[float]] | None = None,
    params: dict[str, str] | None = None,
    tags: dict[str, str] | None = None,
    *,
    experiment: str = "0",
    start: int = 0,
    parent: str | None = None,
) -> str:
    """Id of a new run; the values of a metric are points of its series."""
    run_id = store.runs.create(experiment, "ann", start, run_name=name).info.run_id
    store.runs.log_batch(
        run_id,
        [
            Metric(key, value, 1, step)
            for key, values in (metrics or {}).items()
            for step, value in enumerate(values)
        ],
        [Param(key, value) for key, value in (params or {}).items()],
        [
            RunTag(key, value)
            for key, value in {**(tags or {}), **({PARENT: parent} if parent else {})}.items()
        ],
    )
    return run_id


@pytest.fixture
def runs(store: Store) -> dict[str, str]:
    """Three runs by name, `cat` being the newest."""
    made = {
        "ant": make_run(
            store, "ant", {"acc": [0.1, 0.9, 0.5]}, {"lr": "0.1", "opt": "adam"}, {"team": "red"}
        ),
        "bee": make_run(store, "bee", {"acc": [math.nan], "loss": [math.inf]}, {"lr": "1e-1"}, start=1000),
        "cat": make_run(store, "cat", {}, {"lr": "0.2", "opt": "adam"}, {"team": ""}, start=2000),
    }
    store.runs.update(made["ant"], RunStatus.FINISHED, 7000)
    store.inputs.log_inputs(made["bee"], [DatasetInput(Dataset("iris", "1", "l", "s"))])
    store.inputs.log_inputs(made["bee"], [DatasetInput(Dataset("wine", "2", "l", "s"))])
    return made


def test_a_table_has_the_columns_that_were_asked_for_and_no_other(store: Store, runs: dict[str, str]) -> None:
    columns = [
        "metrics.acc", "metrics.acc:max", "metrics.`acc`:count", "metrics.loss", "metrics.unknown", "params.opt",
        "tags.team", "status", "end_time", "user_id", "datasets.name", "run_id",
    ]  # fmt: skip
    table = store.tables.runs(DEFAULT, columns)
    rows = table.rows
    assert (rows.names, rows.run_ids) == (["cat", "bee", "ant"], [runs["cat"], runs["bee"], runs["ant"]])
    assert rows.experiment_ids == ["0"] * 3
    assert rows.statuses == ["RUNNING", "RUNNING", "FINISHED"]
    assert (rows.starts, rows.ends) == ([2000, 1000, 0], [None, None, 7000])
    assert (rows.children, rows.context) == ([], [])
    assert list(rows.cells) == columns
    assert [str(cell) for cell in rows.cells["metrics.acc"]] == ["None", "nan", "0.5"]
    assert rows.cells["metrics.acc:max"][2] == 0.9
    assert rows.cells["metrics.`acc`:count"] == [None, 1, 3]
    assert rows.cells["metrics.loss"] == [None, math.inf, None]
    assert rows.cells["metrics.unknown"] == [None] * 3
    assert rows.cells["params.opt"] == ["adam", None, "adam"]
    assert rows.cells["tags.team"] == ["", None, "red"]
    assert rows.cells["end_time"] == [None, None, 7000]
    assert rows.cells["user_id"] == ["ann"] * 3
    assert rows.cells["datasets.name"] == [None, "iris, wine", None]
    assert rows.cells["run_id"] == rows.run_ids
    assert (table.total, table.is_total_exact, table.cursor, table.has_tree) == (3, True, None, False)
    artifacts = store.tables.runs(DEFAULT, ["artifact_uri"]).rows.cells["artifact_uri"]
    assert artifacts == [store.runs.get(run_id).info.artifact_uri for run_id in rows.run_ids]


def names(table: RunTable) -> list[str]:
    return table.rows.names


def test_a_table_is_filtered_and_ordered_as_a_search_is(store: Store, runs: dict[str, str]) -> None:
    assert names(store.tables.runs(DEFAULT, order_by=["metrics.acc DESC"])) == ["ant", "bee", "cat"]
    assert names(store.tables.runs(RunSet(["0"], "params.opt = 'adam'"), order_by=["run_name"])) == [
        "ant",
        "cat",
    ]
    assert names(store.tables.runs(RunSet(["0"], since=1000))) == ["cat", "bee"]
    assert names(store.tables.runs(RunSet(["0"], run_ids=[runs["ant"], "x"]))) == ["ant"]
    assert names(store.tables.runs(RunSet(run_ids=[runs["ant"], runs["cat"]]))) == ["cat", "ant"]
    assert names(store.tables.runs(RunSet(run_ids=[]))) == names(store.tables.runs(RunSet())) == []
    store.runs.delete(runs["bee"])
    assert names(store.tables.runs(DEFAULT)) == ["cat", "ant"]
    assert names(store.tables.runs(RunSet(["0"], view_type=ViewType.DELETED_ONLY))) == ["bee"]
    assert len(names(store.tables.runs(RunSet(["0"], view_type=ViewType.ALL)))) == 3


def test_pages_follow_each_other(store: Store, runs: dict[str, str]) -> None:
    first = store.tables.runs(DEFAULT, order_by=["run_name"], limit=2)
    assert (names(first), first.total) == (["ant", "bee"], 3)
    assert first.cursor
    make_run(store, "aaa")
    second = store.tables.runs(DEFAULT, order_by=["run_name"], limit=2, cursor=first.cursor)
    assert (names(second), second.total, second.cursor) == (["cat"], None, None)
    with refused(INVALID, "page token"):
        store.tables.runs(DEFAULT, order_by=["run_name DESC"], cursor=first.cursor)
    with refused(INVALID, "page token"):
        store.tables.runs(RunSet(["0"], since=0), order_by=["run_name"], cursor=first.cursor)


def test_pinned_runs_come_whatever_the_filter(store: Store, runs: dict[str, str]) -> None:
    table = store.tables.runs(
        RunSet(["0"], "run_name = 'ant'"), ["metrics.acc"], pinned=[runs["cat"], "f" * 32, runs["ant"]]
    )
    assert names(table) == ["ant"]
    assert table.pinned is not None
    assert (table.pinned.names, table.pinned.cells) == (["cat", "ant"], {"metrics.acc": [None, 0.5]})


@pytest.fixture
def family(store: Store) -> dict[str, str]:
    """Two parents, one of which has children and a grandchild, and a run without relatives."""
    made = {"alone": make_run(store, "alone", {"acc": [0.6]}, start=50)}
    made["grid"] = make_run(store, "grid", params={"kind": "search"}, start=10)
    made["empty"] = make_run(store, "empty", {"acc": [0.1]}, start=20)
    for number, accuracy in enumerate([0.3, 0.9, math.nan]):
        made[f"child{number}"] = make_run(
            store,
            f"child{number}",
            {"acc": [accuracy]},
            {"n": str(number)},
            start=11 + number,
            parent=made["grid"],
        )
    made["grandchild"] = make_run(store, "grandchild", {"acc": [0.7]}, {"n": "9"}, parent=made["child0"])
    store.runs.update(made["child1"], RunStatus.FINISHED, 1)
    return made


def test_roots_are_ordered_by_their_own_value_or_by_their_best_child(
    store: Store, family: dict[str, str]
) -> None:
    table = store.tables.runs(DEFAULT, ["metrics.acc", "params.n"], ["metrics.acc DESC"], tree=True)
    assert table.has_tree
    assert names(table) == ["grid", "alone", "empty"]
    assert table.rows.children == [{"RUNNING": 2, "FINISHED": 1}, {}, {}]
    assert table.rows.context == [False] * 3
    assert table.rows.cells["metrics.acc"] == [None, 0.6, 0.1]
    child = table.rows.child_cells["metrics.acc"]
    assert (child.min, child.max, child.known) == ([0.3, None, None], [0.9, None, None], [2, 0, 0])
    assert child.mean[0] == pytest.approx(0.6)
    assert list(table.rows.child_cells) == ["metrics.acc"]
    assert names(store.tables.runs(DEFAULT, order_by=["metrics.acc"], tree=True)) == [
        "empty",
        "grid",
        "alone",
    ]
    assert names(store.tables.runs(DEFAULT, order_by=["params.n DESC"], tree=True))[0] == "grid"
    assert names(store.tables.runs(DEFAULT, tree=True)) == ["alone", "empty", "grid"]


def test_roots_and_children_are_paged(store: Store, family: dict[str, str]) -> None:
    for parent, expected in ((None, ["grid", "alone", "empty"]), ("grid", ["child1", "child0", "child2"])):
        found: list[str] = []
        cursor = None
        while not found or cursor:
            page = store.tables.runs(
                DEFAULT, order_by=["metrics.acc DESC"], tree=True, parent=family[parent] if parent else None,
                limit=1, cursor=cursor,
            )  # fmt: skip
            assert page.total == (None if found else 3)
            found += names(page)
            cursor = page.cursor
        assert found == expected
    assert names(store.tables.runs(DEFAULT, parent=family["child0"])) == ["grandchild"]
    assert names(store.tables.runs(DEFAULT, parent=family["alone"])) == []


def test_a_filter_keeps_the_ancestors_of_what_matches(store: Store, family: dict[str, str]) -> None:
    matching = RunSet(["0"], "metrics.acc = 0.7 OR run_name = 'alone'")
    table = store.tables.runs(matching, ["metrics.acc"], tree=True)
    assert (names(table), table.rows.context) == (["alone", "grid"], [False, True])
    children = store.tables.runs(matching, parent=family["grid"])
    assert (names(children), children.rows.context) == (["child0"], [True])
    assert names(store.tables.runs(matching, parent=family["child0"])) == ["grandchild"]
    assert names(store.tables.runs(RunSet(["0"], "run_name = 'nobody'"), tree=True)) == []


def test_children_of_a_parent_that_is_not_shown_are_roots(store: Store, family: dict[str, str]) -> None:
    other = store.experiments.create("other")
    make_run(store, "far", experiment=other, parent=family["grid"])
    make_run(store, "orphan", parent="f" * 32)
    assert names(store.tables.runs(RunSet([other]), tree=True)) == ["far"]
    assert "orphan" in names(store.tables.runs(DEFAULT, tree=True))
    store.runs.delete(family["grid"])
    assert set(names(store.tables.runs(DEFAULT, tree=True))) >= {"child0", "child1", "alone"}
    assert names(store.tables.runs(RunSet(["0"], view_type=ViewType.DELETED_ONLY), tree=True)) == ["grid"]


def test_a_parent_can_be_changed_and_removed(store: Store, family: dict[str, str]) -> None:
    store.tags.set(family["child0"], RunTag(PARENT, family["empty"]))
    assert names(store.tables.runs(DEFAULT, parent=family["empty"])) == ["child0"]
    store.tags.delete(family["child0"], PARENT)
    assert "child0" in names(store.tables.runs(DEFAULT, tree=True))


def test_runs_that_are_parents_of_each_other_stay_visible(store: Store, family: dict[str, str]) -> None:
    store.tags.set(family["grid"], RunTag(PARENT, family["grandchild"]))
    store.tags.set(family["alone"], RunTag(PARENT, family["alone"]))
    assert set(names(store.tables.runs(DEFAULT, tree=True))) == {"grid", "alone", "empty"}


def test_runs_are_grouped_by_values(store: Store) -> None:
    for number, (optimizer, team, accuracy) in enumerate(
        [
            ("adam", "red", 1.0),
            ("adam", "red", 3.0),
            ("adam", "blue", math.inf),
            ("sgd", None, 5.0),
            (None, "red", None),
        ]
    ):
        make_run(
            store, str(number), {"acc": [accuracy]} if accuracy is not None else {},
            {"opt": optimizer} if optimizer else {}, {"team": team} if team else {},
        )  # fmt: skip
    table = store.tables.runs(DEFAULT, ["metrics.acc", "params.opt"], group_by=["params.opt"])
    groups = table.groups
    assert groups is not None
    assert (table.rows.run_ids, table.total, table.cursor) == ([], 3, None)
    assert groups.values == {"params.opt": ["adam", "sgd", None]}
    assert groups.runs == [3, 1, 1]
    assert list(groups.metrics) == ["metrics.acc"]
    summed = groups.metrics["metrics.acc"]
    assert (summed.known, summed.mean) == ([2, 1, 0], [2.0, 5.0, None])
    assert summed.sd[0] == pytest.approx(math.sqrt(2))
    assert (summed.sd[1:], summed.min, summed.max) == ([None, None], [1.0, 5.0, None], [3.0, 5.0, None])

    pairs = store.tables.runs(DEFAULT, group_by=["tags.team", "params.opt"], order_by=["tags.team"], limit=2)
    assert pairs.groups is not None
    assert (pairs.groups.values["tags.team"], pairs.total) == (["blue", "red"], 4)
    rest = store.tables.runs(
        DEFAULT, group_by=["tags.team", "params.opt"], order_by=["tags.team"], limit=2, cursor=pairs.cursor
    )
    assert rest.groups is not None
    assert (rest.groups.values["tags.team"], rest.cursor) == (["red", None], None)
    best = store.tables.runs(DEFAULT, ["metrics.acc"], ["metrics.acc DESC"], group_by=["params.opt"]).groups
    assert best is not None
    assert best.values["params.opt"] == ["sgd", "adam", None]
    few = store.tables.runs(RunSet(["0"], "params.opt = 'adam'"), group_by=["status", "run_name"]).groups
    assert few is not None
    assert few.values == {"status": ["RUNNING"] * 3, "run_name": ["0", "1", "2"]}


def test_the_deviation_of_large_numbers_that_lie_close_together_is_right(store: Store) -> None:
    for number in range(5):
        make_run(store, str(number), {"m": [1e9 + number]})
    groups = store.tables.runs(DEFAULT, ["metrics.m"], group_by=["user_id"]).groups
    assert groups is not None
    assert groups.metrics["metrics.m"].sd[0] == pytest.approx(math.sqrt(2.5))


def test_groups_by_dataset_hold_a_run_once_for_each(store: Store, runs: dict[str, str]) -> None:
    groups = store.tables.runs(DEFAULT, group_by=["datasets.name"]).groups
    assert groups is not None
    assert dict(zip(groups.values["datasets.name"], groups.runs, strict=True)) == {
        "iris": 1,
        "wine": 1,
        None: 2,
    }


@pytest.mark.parametrize(
    "bad",
    [
        {"columns": ["nonsense"]}, {"columns": ["params."]}, {"columns": ["metrics.`a`:median"]}, {"columns": ["a\x00"]},
        {"columns": [f"params.{i}" for i in range(1001)]}, {"order_by": ["nonsense"]}, {"limit": 0}, {"limit": 1001},
        {"cursor": "x"}, {"group_by": ["metrics.acc"]}, {"group_by": ["start_time"]},
        {"group_by": ["params.a"], "order_by": ["metrics.acc"]}, {"group_by": ["params.a"], "tree": True},
        {"pinned": ["x"] * 1001}, {"runset": RunSet(["x"])}, {"runset": RunSet(["0"], "nonsense = 1")},
    ],
)  # fmt: skip
def test_a_table_that_breaks_a_rule_is_refused(store: Store, bad: dict[str, Any]) -> None:
    with refused(INVALID):
        store.tables.runs(**{"runset": DEFAULT, **bad})


def test_children_of_nobody_are_refused(store: Store) -> None:
    with refused(MISSING):
        store.tables.runs(DEFAULT, parent="f" * 32)


def test_keys_tell_what_was_logged(store: Store, runs: dict[str, str]) -> None:
    found = store.tables.keys(["0"])
    facts = {fact.column: fact for fact in found.keys}
    assert [fact.key for fact in found.keys if fact.kind != "tags"] == ["acc", "loss", "lr", "opt"]
    assert found.total == len(found.keys)
    accuracy = facts["metrics.acc"]
    assert (accuracy.kind, accuracy.runs, accuracy.distinct, accuracy.numeric) == ("metrics", 2, None, True)
    assert (accuracy.min, accuracy.max, accuracy.varies) == (0.5, 0.5, True)
    assert (facts["metrics.loss"].min, facts["metrics.loss"].max) == (math.inf, math.inf)
    rate = facts["params.lr"]
    assert (rate.runs, rate.distinct, rate.numeric, rate.min, rate.max, rate.varies) == (
        3,
        3,
        True,
        0.1,
        0.2,
        True,
    )
    optimizer = facts["params.opt"]
    assert (optimizer.distinct, optimizer.numeric, optimizer.min, optimizer.varies) == (
        1,
        False,
        "adam",
        True,
    )
    assert set(found.defaults) == {"metrics.acc", "metrics.loss", "params.lr", "params.opt"}
    assert [fact.key for fact in store.tables.keys(["0"], "params", "O").keys] == ["opt"]
    limited = store.tables.keys(["0"], "params", limit=1)
    assert ([fact.key for fact in limited.keys], limited.total) == (["lr"], 2)
    assert store.tables.keys(["0"], query="nobody logged this").keys == []
    assert store.tables.keys([]).keys == store.tables.keys(["987654"]).keys == []
    for key in facts.values():
        assert store.tables.runs(DEFAULT, [key.column]).rows.cells[key.column] != [None] * 3


def test_keys_of_several_experiments_are_counted_together(store: Store, runs: dict[str, str]) -> None:
    other = store.experiments.create("other")
    make_run(store, "x", {"acc": [9.0]}, {"opt": "sgd"}, experiment=other)
    facts = {fact.column: fact for fact in store.tables.keys(["0", other]).keys}
    assert (facts["metrics.acc"].runs, facts["metrics.acc"].max) == (3, 9.0)
    assert (facts["params.opt"].runs, facts["params.opt"].distinct) == (3, 2)


def test_keys_with_strange_names_make_columns_too(store: Store) -> None:
    make_run(store, "x", {"a:max": [1.0], "val loss": [2.0]}, {"a.b-c/d": "1"})
    columns = [fact.column for fact in store.tables.keys(["0"]).keys if fact.kind != "tags"]
    assert columns == ["metrics.`a:max`", "metrics.`val loss`", "params.a.b-c/d"]
    cells = store.tables.runs(DEFAULT, columns).rows.cells
    assert [cells[column] for column in columns] == [[1.0], [2.0], ["1"]]


def test_values_of_a_key_are_listed(store: Store, runs: dict[str, str]) -> None:
    assert [tuple(value) for value in store.tables.values(["0"], "params.lr")] == [
        ("0.1", 1),
        ("0.2", 1),
        ("1e-1", 1),
    ]
    assert [tuple(value) for value in store.tables.values(["0"], "params.lr", "0.")] == [
        ("0.1", 1),
        ("0.2", 1),
    ]
    assert [tuple(value) for value in store.tables.values(["0"], "params.opt")] == [("adam", 2)]
    assert [tuple(value) for value in store.tables.values(["0"], "tags.team")] == [("", 1), ("red", 1)]
    assert [tuple(value) for value in store.tables.values(["0"], "params.lr", limit=1)] == [("0.1", 1)]
    assert [tuple(value) for value in store.tables.values(["0"], "status")] == [
        ("FINISHED", 1),
        ("RUNNING", 2),
    ]
    assert [value.value for value in store.tables.values(["0"], "run_name", "b")] == ["bee"]
    assert store.tables.values(["0"], "params.unknown") == store.tables.values([], "params.lr") == []
    for key in ("metrics.acc", "start_time", "nonsense", ""):
        with refused(INVALID):
            store.tables.values(["0"], key)


def test_runs_are_compared_in_everything_they_have(store: Store, runs: dict[str, str]) -> None:
    found = store.tables.compare([runs["bee"], "f" * 32, runs["ant"]], ["last", "max"])
    assert (found.rows.names, found.missing) == (["bee", "ant"], ["f" * 32])
    assert found.params == {"lr": ["1e-1", "0.1"], "opt": [None, "adam"]}
    assert list(found.metrics) == ["acc", "loss"]
    assert [str(value) for value in found.metrics["acc"]["last"]] == ["nan", "0.5"]
    assert found.metrics["loss"]["max"] == [math.inf, None]
    assert found.tags["team"] == [None, "red"]
    assert found.varies["params"] == ["lr", "opt"]
    same = store.tables.compare([runs["ant"], runs["ant"]])
    assert same.rows.names == ["ant"]
    assert same.varies == {"params": [], "metrics": [], "tags": []}
    assert store.tables.compare([]).rows.names == []
    for bad in ({"run_ids": ["x"] * 1001}, {"run_ids": [], "aggregates": ["median"]}):
        with refused(INVALID):
            store.tables.compare(**bad)


def test_experiments_tell_what_goes_on_in_them(store: Store) -> None:
    busy = store.experiments.create("Busy Bees", tags=[ExperimentTag("note", "x" * 1000)])
    store.experiments.create("quiet")
    recent = 2_000_000_000_000
    make_run(store, "a", experiment=busy, start=recent)
    failed = make_run(store, "b", experiment=busy, start=recent + 1)
    gone = make_run(store, "c", experiment=busy, start=recent + 2)
    store.runs.update(failed, RunStatus.FAILED)
    store.runs.delete(gone)
    table = store.tables.experiments()
    assert table.total == 3
    assert [row.name for row in table.rows] == ["Busy Bees", "quiet", "Default"]
    row = table.rows[0]
    assert (row.experiment_id, row.lifecycle_stage, row.last_run) == (busy, "active", recent + 1)
    assert (row.runs, row.running, row.failed, row.tags) == (2, 1, 1, {"note": "x" * 250})
    assert (table.rows[1].last_run, table.rows[1].runs) == (None, 0)
    assert store.tables.experiments(order_by=["name ASC"]).rows[0].name == "Busy Bees"
    assert [row.name for row in store.tables.experiments(name="BEES").rows] == ["Busy Bees"]
    assert [row.name for row in store.tables.experiments("tags.note LIKE 'x%'").rows] == ["Busy Bees"]
    first = store.tables.experiments(limit=1)
    assert first.cursor
    rest = store.tables.experiments(limit=5, cursor=first.cursor)
    assert ([row.name for row in rest.rows], rest.total) == (["quiet", "Default"], None)
    store.experiments.delete(busy)
    assert [row.name for row in store.tables.experiments(view_type=ViewType.DELETED_ONLY).rows] == [
        "Busy Bees"
    ]
    for bad in ({"limit": 0}, {"order_by": ["nonsense"]}, {"filter_string": "nonsense = 1"}, {"cursor": "x"}):
        with refused(INVALID):
            store.tables.experiments(**bad)


def test_registered_models_tell_what_was_decided_about_them(store: Store) -> None:
    for name in ("fraud", "credit", "churn"):
        store.registered_models.create(name, {"team": "risk"} if name == "credit" else {}, f"About {name}")
    for number in range(3):
        store.model_versions.create("credit", f"s3://b/{number}")
    with explained("Validated", None):
        for version, stage in (("1", "Production"), ("2", "Production"), ("3", "Staging")):
            store.model_versions.transition_stage("credit", version, stage)
    store.registered_models.set_alias("credit", "champion", "2")
    store.registered_models.delete("churn")

    table = store.tables.registered_models()
    assert ([row.name for row in table.rows], table.total, table.cursor) == (["credit", "fraud"], 2, None)
    assert table.seq == store.decisions.anchor().seq
    credit, fraud = table.rows
    assert (credit.versions, credit.latest_version, credit.production, credit.staging) == (
        3,
        "3",
        ["1", "2"],
        ["3"],
    )
    assert (credit.aliases, credit.tags, credit.description) == (
        {"champion": "2"},
        {"team": "risk"},
        "About credit",
    )
    assert credit.last_decision is not None
    assert (credit.last_decision.action, credit.last_decision.version) == ("set_alias", "2")
    assert (fraud.versions, fraud.latest_version, fraud.production) == (0, "", [])

    first = store.tables.registered_models(order_by=["last_decision DESC"], limit=1)
    assert [row.name for row in first.rows] == ["credit"]
    rest = store.tables.registered_models(order_by=["last_decision DESC"], limit=1, cursor=first.cursor)
    assert [row.name for row in rest.rows] == ["fraud"]
    for filter_string, name in (("", "RED"), ("tags.team = 'risk'", "")):
        found = store.tables.registered_models(filter_string, name).rows
        assert [row.name for row in found] == ["credit"]
    gone = store.tables.registered_models(view_type=ViewType.DELETED_ONLY).rows
    assert [(row.name, row.lifecycle_stage) for row in gone] == [("churn", "deleted")]
    with refused(INVALID, "filter"):
        store.tables.registered_models("teams = 'risk'")
