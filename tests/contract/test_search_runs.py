"""How every store searches runs."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from mlflow._storage.interface.store import Store
from mlflow.entities.dataset import Dataset
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_inputs import DatasetInput
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import InputTag, RunTag
from mlflow.entities.view_type import ViewType
from tests.contract.errors import INVALID, error_of, refused

ALL = "ant bee Cat dog"


@pytest.fixture
def runs(store: Store) -> dict[str, str]:
    """Four runs by name."""
    made = {}
    for number, (name, user, metrics, params, tags) in enumerate(
        [
            ("ant", "ann", {"acc": 0.5, "loss": -1.0}, {"lr": "0.1", "opt": "adam"}, {"t": "x", "a b": "1"}),
            ("bee", "bob", {"acc": math.nan}, {"lr": "1e-1", "opt": "Adam"}, {"t": "X"}),
            ("Cat", "ann", {"acc": math.inf, "loss": 3.0}, {"lr": "0.10", "n": "100"}, {"t": "50%_x"}),
            ("dog", "", {}, {"lr": "fast", "n": "20"}, {}),
        ]
    ):
        run_id = store.runs.create("0", user, 1000 * number, run_name=name).info.run_id
        store.runs.log_batch(
            run_id,
            [Metric(key, value, 1, 1) for key, value in metrics.items()]
            + [Metric(key, 99.0, 9, 0) for key in metrics],
            [Param(key, value) for key, value in params.items()],
            [RunTag(key, value) for key, value in tags.items()],
        )
        made[name] = run_id
    store.runs.update(made["ant"], RunStatus.FINISHED, 5000)
    store.runs.update(made["bee"], RunStatus.FAILED, 4000)
    dataset = Dataset("iris", "abc", "local", "s")
    store.inputs.log_inputs(
        made["ant"], [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])]
    )
    store.inputs.log_inputs(made["bee"], [DatasetInput(Dataset("wine", "def", "local", "s"))])
    return made


def names(store: Store, filter_string: str = "", **more: Any) -> list[str]:
    """Names of the runs that a search finds."""
    return [run.info.run_name or "" for run in store.runs.search(["0"], filter_string, **more)]


@pytest.mark.parametrize(
    ("filter_string", "expected"),
    [
        ("", ALL),
        ("metrics.acc > 0.4", "ant Cat"),
        ("metrics.acc >= 0.5", "ant Cat"),
        ("metrics.acc < 0.6", "ant"),
        ("metrics.acc = 0.5", "ant"),
        ("metrics.acc != 0.5", "bee Cat"),
        ("metrics.acc = 99", ""),
        ("metrics.acc <= 1e999", "ant Cat"),
        ("metrics.acc = 1e999", "Cat"),
        ("metrics.loss > -2", "ant Cat"),
        ("metrics.acc IS NULL", "dog"),
        ("metrics.acc IS NOT NULL", "ant bee Cat"),
        ("metrics.unknown != 1", ""),
        ("metrics.unknown IS NULL", ALL),
        ("NOT metrics.unknown = 1", ALL),
        ("NOT metrics.acc > 0.4", "bee dog"),
        ("NOT metrics.acc != 0.5", "ant dog"),
        ("params.lr = '0.1'", "ant"),
        ("params.lr = 0.1", "ant bee Cat"),
        ("params.lr != 0.1", "dog"),
        ("params.lr != '0.1'", "bee Cat dog"),
        ("params.lr > 0.05", "ant bee Cat"),
        ("params.n > 30", "Cat"),
        ("params.n IN (100, 7)", "Cat"),
        ("params.n NOT IN (100, 7)", "dog"),
        ("params.lr IN ('0.1', 'fast')", "ant dog"),
        ("params.opt LIKE 'A%'", "bee"),
        ("params.opt ILIKE 'A%'", "ant bee"),
        ("params.opt IS NULL", "Cat dog"),
        ("tags.t = 'x'", "ant"),
        ("tags.t != 'x'", "bee Cat"),
        ("tags.t ILIKE 'X'", "ant bee"),
        ("tags.t LIKE '50%_x'", "Cat"),
        ("tags.t LIKE '50_%x'", "Cat"),
        ("tags.t LIKE '_'", "ant bee"),
        ("tags.t LIKE '%\\%'", ""),
        ("tags.`a b` = 1", "ant"),
        ('tags."a b" = "1"', "ant"),
        ("tags.mlflow.runName = 'ant'", "ant"),
        ("run_name = 'ant'", "ant"),
        ("attributes.run_name != 'ant'", "bee Cat dog"),
        ("run_name LIKE '%a%'", "ant Cat"),
        ("run_name ILIKE 'c%'", "Cat"),
        ("run_name IN ('ant', 'dog')", "ant dog"),
        ("user_id = 'ann'", "ant Cat"),
        ("user_id = ''", "dog"),
        ("status = 'RUNNING'", "Cat dog"),
        ("status = 'running'", ""),
        ("status != 'RUNNING'", "ant bee"),
        ("status LIKE 'F%'", "ant bee"),
        ("status ILIKE 'fin%'", "ant"),
        ("status IN ('FAILED', 'KILLED')", "bee"),
        ("status IS NULL", ""),
        ("artifact_uri IS NOT NULL", ALL),
        ("status NOT IN ('FAILED', 'KILLED')", "ant Cat dog"),
        ("start_time >= 2000", "Cat dog"),
        ("start_time = 1000", "bee"),
        ("start_time != 1000", "ant Cat dog"),
        ("created < 1000", "ant"),
        ("end_time > 0", "ant bee"),
        ("end_time IS NULL", "Cat dog"),
        ("end_time != 5000", "bee"),
        ("dataset.name = 'iris'", "ant"),
        ("datasets.digest LIKE '%e%'", "bee"),
        ("dataset.context = 'training'", "ant"),
        ("dataset.context IS NULL", "bee Cat dog"),
        ("dataset.name IN ('iris', 'wine')", "ant bee"),
        ("metrics.acc > 0.4 AND params.lr = '0.10'", "Cat"),
        ("metrics.acc > 0.4 AND tags.t = 'x' OR run_name = 'dog'", "ant dog"),
        ("metrics.acc > 0.4 AND (tags.t = 'x' OR run_name = 'dog')", "ant"),
        ("NOT (tags.t = 'x' OR tags.t = 'X')", "Cat dog"),
        ("NOT NOT tags.t = 'x'", "ant"),
        ("artifact_uri LIKE '%/artifacts'", ALL),
        ("artifact_uri = 'x'", ""),
    ],
)
def test_filters(store: Store, runs: dict[str, str], filter_string: str, expected: str) -> None:
    assert sorted(names(store, filter_string)) == sorted(expected.split())
    assert sorted(names(store, f"NOT ({filter_string})") if filter_string else []) == (
        sorted(set(ALL.split()) - set(expected.split())) if filter_string else []
    )


def test_filters_by_id(store: Store, runs: dict[str, str]) -> None:
    ant, bee = runs["ant"], runs["bee"]
    for filter_string, expected in (
        (f"run_id = '{ant}'", {"ant"}),
        (f"attributes.run_id IN ('{ant}', '{bee}', 'x')", {"ant", "bee"}),
        (f"run_id NOT IN ('{ant}', 'x')", {"bee", "Cat", "dog"}),
        (f"run_id != '{ant}'", {"bee", "Cat", "dog"}),
        (f"run_id LIKE '{ant[:31]}_'", {"ant"}),
        (f"run_id ILIKE '{ant.upper()}'", {"ant"}),
        ("run_id = 'x'", set()),
        ("run_id != 'x'", {"ant", "bee", "Cat", "dog"}),
    ):
        assert set(names(store, filter_string)) == expected, filter_string


def test_filter_by_artifact_uri(store: Store, runs: dict[str, str]) -> None:
    uri = store.runs.get(runs["bee"]).info.artifact_uri
    assert names(store, f"artifact_uri = '{uri}'") == ["bee"]


@pytest.mark.parametrize(
    ("pattern", "operator", "matches"),
    [
        ("straße", "ILIKE", "STRAßE"), ("ÄÖÜ", "ILIKE", "äöü"), ("ΔΟΚΙΜΗ", "ILIKE", "δοκιμη"), ("ПРИВЕТ%", "ILIKE", "привет!"),
        ("_", "LIKE", "é"), ("_", "LIKE", "😀"), ("__", "LIKE", "e\u0301"), ("a\\_", "LIKE", "a\\b"), ("[a]*?", "LIKE", "[a]*?"),
        ("%\n%", "LIKE", "a\nb"), ("%%", "LIKE", ""), ("", "LIKE", ""),
    ],
)  # fmt: skip
def test_patterns(store: Store, run_id: str, pattern: str, operator: str, matches: str) -> None:
    store.tags.set(run_id, RunTag("t", matches))
    (name,) = names(store, f"tags.t {operator} '{pattern}'")
    assert names(store, f"tags.t {operator} '{pattern}x'") == []
    assert name


def test_like_tells_upper_case_from_lower_case(store: Store, run_id: str) -> None:
    store.tags.set(run_id, RunTag("t", "äBc"))
    assert len(names(store, "tags.t LIKE 'äBc'")) == 1
    assert names(store, "tags.t LIKE 'äbc'") == names(store, "tags.t LIKE 'ÄBc'") == []


def test_long_values_that_differ_at_the_end_are_told_apart(store: Store) -> None:
    for ending in ("a", "b"):
        run_id = store.runs.create("0", run_name=ending).info.run_id
        store.params.log(run_id, Param("p", "ü" * 300 + ending))
    assert names(store, f"params.p = '{'ü' * 300}a'") == ["a"]
    assert names(store, f"params.p != '{'ü' * 300}a'") == ["b"]
    assert names(store, f"params.p = '{'ü' * 200}'") == []


def test_what_python_takes_for_a_number_and_nobody_else_does_is_text(store: Store) -> None:
    for text in ("1_000", "\uff11\uff10\uff10\uff10", "0x3e8", "nan", "inf", "", "1000 apples"):
        store.params.log(store.runs.create("0").info.run_id, Param("p", text))
    assert (
        names(store, "params.p = 1000")
        == names(store, "params.p < 1e999")
        == names(store, "params.p > -1e999")
        == []
    )


def test_integers_that_no_double_holds_are_compared_as_doubles(store: Store, run_id: str) -> None:
    store.metrics.log(run_id, Metric("m", float(2**53), 1, 0))
    store.params.log(run_id, Param("p", "5"))
    assert len(names(store, f"metrics.m = {2**53 + 1}")) == 1
    assert len(names(store, f"metrics.m < {10**30}")) == 1
    assert len(names(store, f"params.p < {10**30}")) == 1
    assert len(names(store, f"start_time < {10**30}")) == 1


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [
        ([], "dog Cat bee ant"),
        (["metrics.acc"], "ant Cat bee dog"),
        (["metrics.acc DESC"], "Cat ant bee dog"),
        (["metrics.loss ASC"], "ant Cat dog bee"),
        (["metrics.loss DESC"], "Cat ant dog bee"),
        (["metrics.unknown DESC"], "dog Cat bee ant"),
        (["params.lr"], "ant Cat bee dog"),
        (["params.lr DESC"], "dog bee Cat ant"),
        (["params.opt"], "bee ant dog Cat"),
        (["params.opt DESC"], "ant bee dog Cat"),
        (["tags.t"], "Cat bee ant dog"),
        (["tags.`a b`"], "ant dog Cat bee"),
        (["run_name"], "Cat ant bee dog"),
        (["attribute.run_name DESC"], "dog bee ant Cat"),
        (["start_time"], "ant bee Cat dog"),
        (["end_time"], "bee ant dog Cat"),
        (["end_time DESC"], "ant bee dog Cat"),
        (["user_id", "start_time ASC"], "dog ant Cat bee"),
        (["status", "start_time ASC"], "bee ant Cat dog"),
        (["metrics.acc", "metrics.loss"], "ant Cat bee dog"),
        (["params.lr DESC", "metrics.acc", "tags.t DESC"], "dog bee Cat ant"),
    ],
)
def test_orders(store: Store, runs: dict[str, str], order_by: list[str], expected: str) -> None:
    assert names(store, order_by=order_by) == expected.split()
    for size in (1, 2, 3):
        seen: list[str] = []
        token: str | None = None
        while True:
            page = store.runs.search(["0"], order_by=order_by, max_results=size, page_token=token)
            seen += [run.info.run_name or "" for run in page]
            token = page.token
            if token is None:
                break
        assert seen == expected.split()


@pytest.fixture
def series(store: Store) -> None:
    """Runs with whole series of the metric `m`, and a metric whose key looks like an aggregate."""
    for name, points in {
        "up": [1.0, 2.0, 6.0], "down": [9.0, 0.5, -1.0], "broken": [4.0, math.nan, 4.5], "nan": [math.nan],
        "high": [math.inf, 1.0], "both": [math.inf, -math.inf], "none": [],
    }.items():  # fmt: skip
        run_id = store.runs.create("0", start_time=1, run_name=name).info.run_id
        store.runs.log_batch(run_id, [Metric("m", value, 1, step) for step, value in enumerate(points)])
        if points:
            store.metrics.log(run_id, Metric("m:max", float(len(points)), 1, 0))


@pytest.mark.parametrize(
    ("filter_string", "expected"),
    [
        ("metrics.m:max > 5", "up down high both"),
        ("metrics.m:min < 1", "down both"),
        ("metrics.m:first = 4", "broken"),
        ("metrics.m:last = 4.5", "broken"),
        ("metrics.m:mean = 3", "up"),
        ("metrics.m:mean = 4.25", "broken"),
        ("metrics.m:mean > 1e999", ""),
        ("metrics.m:mean >= 1e999", "high"),
        ("metrics.m:count = 3", "up down broken"),
        ("metrics.m:count < 2", "nan"),
        ("metrics.m:max IS NULL", "none"),
        ("metrics.m:min != 4", "up down nan high both"),
        ("metrics.`m`:max > 5 AND metrics.`m:max` = 2", "high both"),
        ("NOT metrics.m:max > 5", "broken nan none"),
    ],
)
def test_aggregates_filter(store: Store, series: None, filter_string: str, expected: str) -> None:
    assert sorted(names(store, filter_string)) == sorted(expected.split())


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [
        (["metrics.m:max DESC", "run_name"], "both high down up broken nan none"),
        (["metrics.m:min", "run_name"], "both down high up broken nan none"),
        (["metrics.m:mean", "run_name"], "down up broken high both nan none"),
        (["metrics.m:count DESC", "metrics.m:first"], "up broken down high both nan none"),
        (["metrics.`m:max` DESC", "run_name"], "broken down up both high nan none"),
    ],
)
def test_aggregates_order(store: Store, series: None, order_by: list[str], expected: str) -> None:
    for size in (2, 50):
        found: list[str] = []
        token: str | None = None
        while not found or token:
            page = store.runs.search(["0"], order_by=order_by, max_results=size, page_token=token)
            found += [run.info.run_name or "" for run in page]
            token = page.token
        if order_by[0] == "metrics.m:count DESC":  # both begin with infinity
            assert sorted(found[3:5]) == ["both", "high"]
            found[3:5] = ["high", "both"]
        assert found == expected.split()


def test_orders_by_id_and_artifact_uri(store: Store, runs: dict[str, str]) -> None:
    by_id = [run.info.run_id for run in store.runs.search(["0"], order_by=["run_id DESC"])]
    assert by_id == sorted(runs.values(), reverse=True)
    by_uri = [run.info.run_id for run in store.runs.search(["0"], order_by=["artifact_uri"])]
    assert by_uri == sorted(runs.values())
    assert [
        run.info.run_id for run in store.runs.search(["0"], order_by=["artifact_uri"], max_results=2)
    ] == by_uri[:2]


def test_runs_that_start_together_are_ordered_by_id(store: Store) -> None:
    made = sorted(store.runs.create("0", start_time=5).info.run_id for _ in range(5))
    assert [run.info.run_id for run in store.runs.search(["0"])] == made
    assert [run.info.run_id for run in store.runs.search(["0"], order_by=["metrics.x DESC"])] == made


def test_rows_that_come_or_go_between_two_pages_shift_nothing(store: Store) -> None:
    made = [store.runs.create("0", start_time=100 - 10 * i, run_name=str(i)).info.run_id for i in range(6)]
    first = store.runs.search(["0"], max_results=3)
    store.runs.create("0", start_time=999, run_name="newer")
    store.runs.create("0", start_time=75, run_name="between")
    store.runs.delete(made[0])
    store.runs.delete(made[2])
    second = store.runs.search(["0"], max_results=3, page_token=first.token)
    assert [run.info.run_name for run in first] == ["0", "1", "2"]
    assert [run.info.run_name for run in second] == ["between", "3", "4"]


def test_a_view_shows_active_or_deleted_runs_or_both(store: Store, runs: dict[str, str]) -> None:
    store.runs.delete(runs["bee"])
    assert set(names(store)) == {"ant", "Cat", "dog"}
    assert names(store, view_type=ViewType.DELETED_ONLY) == ["bee"]
    assert set(names(store, view_type=ViewType.ALL)) == {"ant", "bee", "Cat", "dog"}


def test_runs_of_deleted_experiments_are_deleted(store: Store) -> None:
    other = store.experiments.create("other")
    store.runs.create(other)
    store.experiments.delete(other)
    assert store.runs.search([other]) == []
    assert len(store.runs.search([other], view_type=ViewType.DELETED_ONLY)) == 1


def test_several_experiments_are_searched_together(store: Store) -> None:
    others = [store.experiments.create(name) for name in "ab"]
    for time, experiment in enumerate(["0", *others]):
        store.runs.create(experiment, start_time=time, run_name=experiment)
    assert [run.info.run_name for run in store.runs.search(["0", *others])] == [others[1], others[0], "0"]
    assert [run.info.run_name for run in store.runs.search([others[0], others[0]])] == [others[0]]
    assert store.runs.search([]) == []
    assert store.runs.search(["987654"]) == []


def test_any_number_of_experiments_can_be_searched(store: Store, runs: dict[str, str]) -> None:
    assert len(store.runs.search([str(number) for number in range(40_000)])) == 4


def test_a_page_holds_runs_as_a_get_does(store: Store, runs: dict[str, str]) -> None:
    for run in store.runs.search(["0"]):
        assert repr(run) == repr(store.runs.get(run.info.run_id))
    for document in store.runs.search_documents(["0"]):
        assert document == store.runs.get_document(document.info.run_id)
        assert set(json.loads(document.body)) == {"data", "inputs", "outputs"}


@pytest.mark.parametrize(
    "bad",
    [
        {"max_results": 0}, {"max_results": -1}, {"max_results": 50_001}, {"page_token": "x"}, {"page_token": "W10="},
        {"filter_string": "nonsense = 'a'"}, {"filter_string": "metrics.a = 'x'"}, {"filter_string": "params.a ="},
        {"filter_string": "run_name > 'a'"}, {"filter_string": "run_id IN ()"}, {"filter_string": "tags.a = 'a\x00'"},
        {"filter_string": "tags.a = '\ud800'"}, {"filter_string": "tags.`a\x00` = 'x'"},
        {"order_by": ["nonsense"]}, {"order_by": [""]}, {"order_by": ["metrics.a, metrics.b"]}, {"order_by": ["dataset.name"]},
        {"experiment_ids": ["x"]}, {"experiment_ids": ["1.5"]},
    ],
)  # fmt: skip
def test_a_search_that_breaks_a_rule_is_refused(store: Store, bad: dict[str, Any]) -> None:
    with refused(INVALID):
        store.runs.search(**{"experiment_ids": ["0"], **bad})


@pytest.mark.parametrize("count", [900, 5000])
def test_a_very_long_filter_is_answered_or_refused(store: Store, runs: dict[str, str], count: int) -> None:
    for connective in (" AND ", " OR "):
        filter_string = connective.join(["run_name = 'ant'"] * count)
        error = error_of(lambda: names(store, filter_string))  # noqa: B023 - called at once
        assert error in (None, INVALID)
        assert error or names(store, filter_string) == ["ant"]


def test_a_token_of_another_search_is_refused(store: Store, runs: dict[str, str]) -> None:
    token = store.runs.search(["0"], max_results=1).token
    assert token
    for other in (
        {"filter_string": "run_name != 'x'"}, {"order_by": ["run_name"]}, {"view_type": ViewType.ALL},
    ):  # fmt: skip
        with refused(INVALID, "page token"):
            store.runs.search(["0"], page_token=token, **other)
    with refused(INVALID, "page token"):
        store.experiments.search(page_token=token)


Keeps = Callable[[float | None, str | None], bool]


def test_search_agrees_with_a_model_of_it(store: Store) -> None:
    pick = random.Random(7)
    values = [0.5, -1.0, math.nan, math.inf, -math.inf, 0.0, None]
    rows = []
    for number in range(40):
        metric, param = pick.choice(values), pick.choice(["1", "2", "10", "x", None])
        run_id = store.runs.create("0", start_time=pick.randrange(5)).info
        store.runs.log_batch(
            run_id.run_id,
            [] if metric is None else [Metric("m", metric, 1, 1)],
            [] if param is None else [Param("p", param)],
        )
        rows.append((run_id.run_id, run_id.start_time or 0, metric, param))
        assert number >= 0

    def rank(row: tuple[str, int, float | None, str | None], sign: int) -> tuple[int, float, int, str]:
        metric = row[2]
        group = 2 if metric is None else 1 if math.isnan(metric) else 0
        return group, sign * metric if metric is not None and group == 0 else 0.0, -row[1], row[0]

    for sign, direction in ((1, "ASC"), (-1, "DESC")):
        expected = [row[0] for row in sorted(rows, key=lambda row: rank(row, sign))]
        found = store.runs.search(["0"], order_by=[f"metrics.m {direction}"])
        assert [run.info.run_id for run in found] == expected
    cases: list[tuple[str, Keeps]] = [
        ("metrics.m < 0.5", lambda m, p: m is not None and m < 0.5),
        ("metrics.m != 0.5", lambda m, p: m is not None and m != 0.5),
        ("params.p > 1", lambda m, p: p in ("2", "10")),
        ("params.p > 1 OR metrics.m >= 0", lambda m, p: p in ("2", "10") or (m is not None and m >= 0)),
        (
            "NOT (params.p > 1 OR metrics.m >= 0)",
            lambda m, p: not (p in ("2", "10") or (m is not None and m >= 0)),
        ),
        ("params.p != 'x' AND NOT metrics.m IS NULL", lambda m, p: p not in ("x", None) and m is not None),
    ]
    for filter_string, keeps in cases:
        found = store.runs.search(["0"], filter_string)
        assert {run.info.run_id for run in found} == {row[0] for row in rows if keeps(row[2], row[3])}, (
            filter_string
        )
