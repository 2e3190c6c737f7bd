"""What every store does with runs."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from mlflow._storage.interface.store import Store
from mlflow.entities.dataset import Dataset
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import InputTag, RunTag
from tests.contract.errors import BAD_REQUEST, INVALID, MISSING, error_of, refused

UNKNOWN = "0" * 32


def test_a_run_starts_running(store: Store) -> None:
    made = store.runs.create("0", "ann", 1_700_000_000_000, [RunTag("a", "1")], "first")
    info = made.info
    assert re.fullmatch(r"[0-9a-f]{32}", info.run_id)
    assert (info.experiment_id, info.user_id, info.status, info.start_time, info.end_time) == (
        "0", "ann", "RUNNING", 1_700_000_000_000, None,
    )  # fmt: skip
    assert (info.lifecycle_stage, info.run_name) == ("active", "first")
    root = store.experiments.get("0").artifact_location
    assert info.artifact_uri == f"{root}/{info.run_id}/artifacts"
    assert made.data.tags == {"a": "1", "mlflow.runName": "first"}
    assert made.data.params == {}
    assert made.data.metrics == {}
    assert store.runs.get(info.run_id) == made


def test_a_run_needs_an_experiment(store: Store) -> None:
    with refused(MISSING, "987654"):
        store.runs.create("987654")


def test_a_run_starts_at_0_unless_told(store: Store) -> None:
    assert store.runs.create("0").info.start_time == 0


@pytest.mark.parametrize("start_time", [-1, 1 << 63])
def test_a_time_is_milliseconds_since_1970(store: Store, start_time: int) -> None:
    with refused(INVALID, "start_time"):
        store.runs.create("0", start_time=start_time)
    run_id = store.runs.create("0").info.run_id
    with refused(INVALID, "end_time"):
        store.runs.update(run_id, end_time=start_time)


def test_times_up_to_64_bits_are_kept(store: Store) -> None:
    run = store.runs.create("0", start_time=(1 << 63) - 1)
    store.runs.update(run.info.run_id, end_time=(1 << 63) - 1)
    info = store.runs.get(run.info.run_id).info
    assert info.start_time == info.end_time == (1 << 63) - 1


def test_a_run_is_named_by_argument_or_tag_or_at_random(store: Store) -> None:
    by_argument = store.runs.create("0", run_name="a")
    by_tag = store.runs.create("0", tags=[RunTag("mlflow.runName", "b")])
    by_both = store.runs.create("0", tags=[RunTag("mlflow.runName", "c")], run_name="c")
    at_random = store.runs.create("0")
    for run, name in ((by_argument, "a"), (by_tag, "b"), (by_both, "c")):
        assert run.info.run_name == run.data.tags["mlflow.runName"] == name
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d+", at_random.info.run_name or "")
    assert at_random.data.tags == {"mlflow.runName": at_random.info.run_name}


def test_argument_and_tag_must_not_name_a_run_differently(store: Store) -> None:
    with refused(INVALID, "run_name", "mlflow.runName"):
        store.runs.create("0", tags=[RunTag("mlflow.runName", "b")], run_name="a")


def test_the_last_of_several_tags_with_one_key_wins(store: Store) -> None:
    run = store.runs.create("0", tags=[RunTag("a", "1"), RunTag("b", "2"), RunTag("a", "3")])
    assert run.data.tags["a"] == "3"


def test_long_values_of_tags_given_at_the_start_are_cut(store: Store) -> None:
    run = store.runs.create("0", tags=[RunTag("a", "x" * 9000)])
    assert run.data.tags["a"] == "x" * 8000


@pytest.mark.parametrize(("user", "name"), [("a\x00", "n"), ("\ud800", "n"), ("u", "a\x00"), ("u", "\ud800")])
def test_text_that_no_database_stores_is_refused(store: Store, user: str, name: str) -> None:
    with refused(INVALID):
        store.runs.create("0", user_id=user, run_name=name)
    assert store.runs.search(["0"]) == []


def test_an_unknown_run_is_missing(store: Store) -> None:
    for call in (
        lambda: store.runs.get(UNKNOWN),
        lambda: store.runs.get_document(UNKNOWN),
        lambda: store.runs.update(UNKNOWN, status=RunStatus.FINISHED),
        lambda: store.runs.delete(UNKNOWN),
        lambda: store.runs.restore(UNKNOWN),
        lambda: store.runs.log_batch(UNKNOWN, [Metric("a", 1.0, 1, 0)]),
        lambda: store.runs.get("not-there"),
    ):
        with refused(MISSING):
            call()


@pytest.mark.parametrize("run_id", ["", "-a", "a b", "a/b", "x" * 257, "a\x00", "\ud800"])
def test_what_cannot_be_the_id_of_a_run_is_refused_or_missing(store: Store, run_id: str) -> None:
    with refused(INVALID):
        store.runs.log_batch(run_id, [Metric("a", 1.0, 1, 0)])


def test_an_update_changes_only_what_is_given(store: Store) -> None:
    run_id = store.runs.create("0", "ann", 5, run_name="a").info.run_id
    info = store.runs.update(run_id, end_time=9)
    assert (info.status, info.start_time, info.end_time, info.run_name) == ("RUNNING", 5, 9, "a")
    info = store.runs.update(run_id, status=RunStatus.FAILED)
    assert (info.status, info.start_time, info.end_time, info.run_name) == ("FAILED", 5, 9, "a")
    info = store.runs.update(run_id, run_name="b")
    assert (info.status, info.end_time, info.run_name) == ("FAILED", 9, "b")
    assert store.runs.get(run_id).info == info
    assert store.runs.update(run_id) == info


def test_any_status_may_follow_any_other(store: Store, run_id: str) -> None:
    for status in (*RunStatus.all_status(), *reversed(RunStatus.all_status())):
        assert store.runs.update(run_id, status=status).status == RunStatus.to_string(status)
        assert store.runs.get(run_id).info.status == RunStatus.to_string(status)


def test_an_unknown_status_is_refused(store: Store, run_id: str) -> None:
    with refused(INVALID):
        store.runs.update(run_id, status=99)


def test_name_and_tag_of_a_run_follow_each_other(store: Store, run_id: str) -> None:
    store.runs.update(run_id, run_name="by update")
    assert store.runs.get(run_id).data.tags["mlflow.runName"] == "by update"
    store.tags.set(run_id, RunTag("mlflow.runName", "by tag"))
    assert store.runs.get(run_id).info.run_name == "by tag"
    store.runs.log_batch(run_id, tags=[RunTag("mlflow.runName", "by batch")])
    run = store.runs.get(run_id)
    assert run.info.run_name == run.data.tags["mlflow.runName"] == "by batch"
    store.tags.delete(run_id, "mlflow.runName")
    run = store.runs.get(run_id)
    assert run.info.run_name == "by batch"
    assert "mlflow.runName" not in run.data.tags


def test_deleting_and_restoring_may_be_repeated(store: Store, run_id: str) -> None:
    for _ in range(2):
        store.runs.delete(run_id)
        assert store.runs.get(run_id).info.lifecycle_stage == "deleted"
    for _ in range(2):
        store.runs.restore(run_id)
        assert store.runs.get(run_id).info.lifecycle_stage == "active"


def test_a_deleted_run_can_be_read_but_not_written(store: Store, run_id: str) -> None:
    store.runs.log_batch(run_id, [Metric("m", 1.0, 1, 0)], [Param("p", "1")], [RunTag("t", "1")])
    store.runs.delete(run_id)
    before = store.runs.get(run_id)
    for call in (
        lambda: store.runs.update(run_id, status=RunStatus.FINISHED),
        lambda: store.runs.log_batch(run_id, [Metric("m", 2.0, 2, 1)]),
        lambda: store.metrics.log(run_id, Metric("m", 2.0, 2, 1)),
        lambda: store.params.log(run_id, Param("q", "1")),
        lambda: store.tags.set(run_id, RunTag("t", "2")),
        lambda: store.tags.delete(run_id, "t"),
        lambda: store.inputs.log_inputs(run_id, [DatasetInput(Dataset("d", "1", "local", "s"))]),
        lambda: store.inputs.log_outputs(run_id, []),
    ):
        with refused(INVALID, "active"):
            call()
    assert store.runs.get(run_id) == before
    assert [point.value for point in store.metrics.history(run_id, "m")] == [1.0]


def test_a_batch_holds_metrics_parameters_and_tags(store: Store, run_id: str) -> None:
    store.runs.log_batch(
        run_id,
        [Metric("m", 1.0, 10, 0), Metric("m", 2.0, 20, 1), Metric("n", 3.0, 30, 2)],
        [Param("p", "1"), Param("q", "")],
        [RunTag("t", "a"), RunTag("u", "")],
    )
    data = store.runs.get(run_id).data
    assert data.metrics == {"m": 2.0, "n": 3.0}
    assert data.params == {"p": "1", "q": ""}
    assert {"t": "a", "u": ""}.items() <= data.tags.items()
    latest = {point.key: (point.value, point.timestamp, point.step) for point in data._metrics}
    assert latest == {"m": (2.0, 20, 1), "n": (3.0, 30, 2)}


def test_an_empty_batch_changes_nothing(store: Store, run_id: str) -> None:
    before = store.runs.get(run_id)
    store.runs.log_batch(run_id)
    assert store.runs.get(run_id) == before


def test_of_several_tags_with_one_key_in_a_batch_the_last_wins(store: Store, run_id: str) -> None:
    store.runs.log_batch(run_id, tags=[RunTag("t", "1"), RunTag("u", "x"), RunTag("t", "2")])
    assert store.runs.get(run_id).data.tags["t"] == "2"


def test_a_key_twice_among_the_parameters_of_a_batch_is_refused(store: Store, run_id: str) -> None:
    with refused(INVALID, "p"):
        store.runs.log_batch(run_id, params=[Param("p", "1"), Param("q", "1"), Param("p", "1")])
    assert store.runs.get(run_id).data.params == {}


def test_a_batch_is_stored_as_a_whole_or_not_at_all(store: Store, run_id: str) -> None:
    store.params.log(run_id, Param("p", "1"))
    before = store.runs.get(run_id)
    good = [Metric("m", 1.0, 1, 0)], [Param("fresh", "1")], [RunTag("t", "1")]
    for metrics, params, tags in (
        (good[0], [*good[1], Param("p", "2")], good[2]),
        ([*good[0], Metric("m", 1.0, -1, 0)], good[1], good[2]),
        ([*good[0], Metric("/m", 1.0, 1, 0)], good[1], good[2]),
        (good[0], [*good[1], Param("", "1")], good[2]),
        (good[0], good[1], [*good[2], RunTag("a//b", "1")]),
        ([*good[0], Metric("m", 1.0, 1, 0, model_id="m-" + UNKNOWN)], good[1], good[2]),
    ):
        assert error_of(lambda: store.runs.log_batch(run_id, metrics, params, tags)) in (INVALID, BAD_REQUEST)  # noqa: B023 - called at once
        assert store.runs.get(run_id) == before
        assert store.metrics.history(run_id, "m") == []


@pytest.mark.parametrize(
    ("metrics", "params", "tags", "allowed"),
    [
        (1000, 0, 0, True), (1001, 0, 0, False),
        (0, 100, 0, True), (0, 101, 0, False),
        (0, 0, 100, True), (0, 0, 101, False),
        (800, 100, 100, True), (801, 100, 100, False),
    ],
)  # fmt: skip
def test_a_batch_has_limits(
    store: Store, run_id: str, metrics: int, params: int, tags: int, allowed: bool
) -> None:
    batch = (
        [Metric(f"m{i}", float(i), i, i) for i in range(metrics)],
        [Param(f"p{i}", str(i)) for i in range(params)],
        [RunTag(f"t{i}", str(i)) for i in range(tags)],
    )
    if allowed:
        store.runs.log_batch(run_id, *batch)
        data = store.runs.get(run_id).data
        assert (len(data.metrics), len(data.params), len(data.tags)) == (metrics, params, tags + 1)
    else:
        with refused(INVALID, "at most"):
            store.runs.log_batch(run_id, *batch)
        assert len(store.runs.get(run_id).data.metrics) == 0


@pytest.mark.parametrize(
    ("batch", "path"),
    [
        ({"metrics": [Metric("a", 1.0, 1, 0), Metric("b//c", 1.0, 1, 0)]}, "metrics[1].name"),
        ({"params": [Param("a", "1"), Param("b//c", "1")]}, "params[1].key"),
        ({"tags": [RunTag("a", "1"), RunTag("b//c", "1")]}, "tags[1].key"),
    ],
)
def test_an_error_names_the_place_in_the_batch(
    store: Store, run_id: str, batch: dict[str, list[Metric]], path: str
) -> None:
    with refused(INVALID, path):
        store.runs.log_batch(run_id, **batch)  # type: ignore[arg-type]  # arguments by name


def test_a_document_is_the_run_as_json(store: Store, run_id: str) -> None:
    model = store.logged_models.create("0").model_id
    store.runs.log_batch(
        run_id,
        [Metric("m", 0.5, 7, 3), Metric("n", float("nan"), 1, 0)],
        [Param("p", "ü")],
        [RunTag("t", '"\\\n')],
    )
    store.inputs.log_inputs(
        run_id,
        [DatasetInput(Dataset("d", "1", "local", "s"), [InputTag("k", "v")])],
        [LoggedModelInput(model)],
    )
    store.inputs.log_outputs(run_id, [LoggedModelOutput(model, 3)])
    info, body = store.runs.get_document(run_id)
    assert info == store.runs.get(run_id).info
    content = json.loads(body)
    assert set(content) == {"data", "inputs", "outputs"}
    metrics = {item.pop("key"): item for item in content["data"]["metrics"]}
    assert metrics == {
        "m": {"value": 0.5, "timestamp": 7, "step": 3},
        "n": {"value": "NaN", "timestamp": 1, "step": 0},
    }
    assert content["data"]["params"] == [{"key": "p", "value": "ü"}]
    assert {"key": "t", "value": '"\\\n'} in content["data"]["tags"]
    assert content["inputs"]["dataset_inputs"] == [
        {"tags": [{"key": "k", "value": "v"}],
         "dataset": {"name": "d", "digest": "1", "source_type": "local", "source": "s"}}
    ]  # fmt: skip
    assert content["inputs"]["model_inputs"] == [{"model_id": model}]
    assert content["outputs"]["model_outputs"] == [{"model_id": model, "step": 3}]


def test_the_document_of_an_ended_run_follows_every_later_write(store: Store, run_id: str) -> None:
    store.runs.update(run_id, status=RunStatus.FINISHED, end_time=1)
    model = store.logged_models.create("0").model_id
    writes = (
        lambda: store.metrics.log(run_id, Metric("m", 1.0, 1, 0)),
        lambda: store.params.log(run_id, Param("p", "1")),
        lambda: store.tags.set(run_id, RunTag("t", "1")),
        lambda: store.runs.log_batch(run_id, tags=[RunTag("t", "2")]),
        lambda: store.tags.delete(run_id, "t"),
        lambda: store.runs.update(run_id, run_name="other"),
        lambda: store.inputs.log_inputs(run_id, [DatasetInput(Dataset("d", "1", "local", "s"))]),
        lambda: store.inputs.log_outputs(run_id, [LoggedModelOutput(model, 0)]),
    )
    for write in writes:
        before = store.runs.get_document(run_id)
        write()
        assert store.runs.get_document(run_id).body != before.body
        assert store.runs.get_document(run_id) == store.runs.search_documents(["0"])[0]


def test_runs_made_at_once_have_ids_of_their_own(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: store.runs.create("0").info.run_id, range(100)))
    assert len(set(ids)) == 100
    assert {run.info.run_id for run in store.runs.search(["0"])} == set(ids)


def test_a_run_is_moved_with_all_that_it_logged(store: Store) -> None:
    target = store.experiments.create("target")
    run_id = store.runs.create("0", run_name="one").info.run_id
    dataset = DatasetInput(
        Dataset("d", "1", "local", "{}", "s", "p"), [InputTag("mlflow.data.context", "train")]
    )
    store.inputs.log_inputs(run_id, [dataset])
    store.runs.log_batch(
        run_id, [Metric("m", 2.5, 1, 1)], [Param("p", "7")], [RunTag("t", "x"), RunTag("keep", "1")]
    )
    before = store.runs.get(run_id)

    assert store.runs.move([run_id], target) == [run_id]

    after = store.runs.get(run_id)
    assert after.info.experiment_id == target
    assert after.info.artifact_uri == before.info.artifact_uri
    assert (after.data, after.inputs, after.outputs) == (before.data, before.inputs, before.outputs)
    for filter_string in (
        "metrics.m > 2",
        "params.p = '7'",
        "tags.t = 'x'",
        "dataset.name = 'd'",
        f"artifact_uri = '{before.info.artifact_uri}'",
    ):
        assert [run.info.run_id for run in store.runs.search([target], filter_string)] == [run_id]
        assert list(store.runs.search(["0"], filter_string)) == []
    ordered = store.runs.search([target], order_by=["metrics.m DESC", "artifact_uri"])
    assert [run.info.run_id for run in ordered] == [run_id]
    found = store.inputs.search_datasets([target])
    assert [(item.experiment_id, item.name, item.context) for item in found] == [(target, "d", "train")]
    assert store.inputs.search_datasets(["0"]) == []

    store.metrics.log(run_id, Metric("m", 3.5, 2, 2))  # it goes on where it is now
    store.tags.set(run_id, RunTag("t", "y"))
    found_again = store.runs.search([target], "metrics.m > 3 AND tags.t = 'y'")
    assert [run.info.run_id for run in found_again] == [run_id]


def test_datasets_of_a_moved_run_are_those_that_the_target_has_already(store: Store) -> None:
    target = store.experiments.create("target")
    dataset = DatasetInput(Dataset("d", "1", "local", "{}"), [])
    ids = [store.runs.create(experiment).info.run_id for experiment in ("0", "0", target)]
    for run_id in ids:
        store.inputs.log_inputs(run_id, [dataset])
    store.runs.move(ids[:1], target)
    assert [run.inputs.dataset_inputs for run in store.runs.search([target])] == [[dataset]] * 2
    assert [run.info.run_id for run in store.runs.search(["0"], "dataset.name = 'd'")] == [ids[1]]


def test_runs_below_a_moved_run_go_with_it(store: Store) -> None:
    target = store.experiments.create("target")
    parent = store.runs.create("0").info.run_id
    child = store.runs.create("0", tags=[RunTag("mlflow.parentRunId", parent)]).info.run_id
    grandchild = store.runs.create("0", tags=[RunTag("mlflow.parentRunId", child)]).info.run_id
    alone = store.runs.create("0").info.run_id
    assert sorted(store.runs.move([parent], target)) == sorted([parent, child, grandchild])
    assert [run.info.run_id for run in store.runs.search(["0"])] == [alone]


def test_logged_models_of_a_moved_run_go_with_it_and_their_files_stay(store: Store) -> None:
    target = store.experiments.create("target")
    run_id = store.runs.create("0").info.run_id
    model = store.logged_models.create("0", "net", source_run_id=run_id)
    with_files = store.artifacts(model.artifact_location)
    with_files.write("MLmodel", [b"x"])
    store.artifacts(f"runs:/{run_id}").write("notes.txt", [b"kept"])

    store.runs.move([run_id], target)

    found = store.logged_models.get(model.model_id)
    assert (found.experiment_id, found.artifact_location) == (target, model.artifact_location)
    assert [each.model_id for each in store.logged_models.search([target])] == [model.model_id]
    assert list(store.logged_models.search(["0"])) == []
    with store.artifacts(f"runs:/{run_id}").read("notes.txt") as content:
        assert b"".join(content) == b"kept"
    with store.artifacts(f"models:/{model.model_id}").read("MLmodel") as content:
        assert b"".join(content) == b"x"


def test_a_run_that_is_moved_on_and_back_keeps_its_files(store: Store) -> None:
    first, second = store.experiments.create("first"), store.experiments.create("second")
    run = store.runs.create("0")
    run_id = run.info.run_id
    for target in (first, second, "0"):
        assert store.runs.move([run_id], target) == [run_id]
        moved = store.runs.get(run_id).info
        assert (moved.experiment_id, moved.artifact_uri) == (target, run.info.artifact_uri)
    assert store.runs.move([run_id], "0") == []


def test_runs_are_moved_all_or_none(store: Store) -> None:
    target, gone = store.experiments.create("target"), store.experiments.create("gone")
    store.experiments.delete(gone)
    run_id = store.runs.create("0").info.run_id
    deleted = store.runs.create("0").info.run_id
    store.runs.delete(deleted)
    with refused(MISSING, UNKNOWN):
        store.runs.move([run_id, UNKNOWN], target)
    with refused(INVALID, deleted):
        store.runs.move([run_id, deleted], target)
    with refused(INVALID, "deleted"):
        store.runs.move([run_id], gone)
    with refused(MISSING, "987654"):
        store.runs.move([run_id], "987654")
    with refused(INVALID, "1 to 1000 runs"):
        store.runs.move([], target)
    with refused(INVALID, "1 to 1000 runs"):
        store.runs.move([run_id] * 1001, target)
    assert list(store.runs.search([target])) == []
    assert store.runs.get(run_id).info.experiment_id == "0"
