"""What every version of MLflow's own client does with a server, and how the outcome is told.

These files are run by the interpreter of a peer, so they use nothing of ours. A step is a function that raises if the
server does not answer as the client expects.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

import mlflow
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

mpl.use("Agg")

Step = Callable[[], None]


def tell(steps: list[Step]) -> None:
    """Runs the steps against the server that the first argument names; prints a JSON object of their errors."""
    mlflow.set_tracking_uri(sys.argv[1])
    outcome: dict[str, str] = {}
    for step in steps:
        begin = time.perf_counter()
        try:
            step()
            outcome[step.__name__] = ""
        except Exception:  # noqa: BLE001 - every kind of failure is told
            outcome[step.__name__] = traceback.format_exc()
        while mlflow.active_run() is not None:
            mlflow.end_run()
        print(f"{step.__name__}: {time.perf_counter() - begin:.2f} s", file=sys.stderr)
    print(json.dumps(outcome))


def equal(left: object, right: object) -> None:
    assert left == right, f"{left!r} is not {right!r}"


def refused(code: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """The call must be refused with this error code."""
    try:
        result = call(*args, **kwargs)
    except MlflowException as error:
        equal(error.error_code, code)
    else:
        raise AssertionError(f"not refused: {result!r}")


def fresh(name: str) -> str:
    """A new experiment, made the active one; its id."""
    experiment_id: str = mlflow.set_experiment(f"{name} of {mlflow.__version__}").experiment_id
    return experiment_id


def experiments() -> None:
    client = MlflowClient()
    made = client.create_experiment(f"made by {mlflow.__version__}", tags={"team": "red"})
    found = client.get_experiment(made)
    equal(found.name, f"made by {mlflow.__version__}")
    equal(found.tags, {"team": "red"})
    equal(found.lifecycle_stage, "active")
    assert found.artifact_location
    refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, found.name)
    client.set_experiment_tag(made, "team", "blue")
    client.rename_experiment(made, f"renamed by {mlflow.__version__}")
    found = client.get_experiment_by_name(f"renamed by {mlflow.__version__}")
    equal((found.experiment_id, found.tags["team"]), (made, "blue"))
    equal(client.get_experiment_by_name("nobody made this"), None)
    named = client.search_experiments(filter_string=f"name = 'renamed by {mlflow.__version__}'")
    equal([item.experiment_id for item in named], [made])
    tagged = client.search_experiments(filter_string="tags.team = 'blue'", order_by=["experiment_id DESC"])
    assert made in [item.experiment_id for item in tagged]
    client.delete_experiment(made)
    equal(client.get_experiment(made).lifecycle_stage, "deleted")
    gone = client.search_experiments(view_type=ViewType.DELETED_ONLY)
    assert made in [item.experiment_id for item in gone]
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_experiment, made)
    client.restore_experiment(made)
    equal(client.get_experiment(made).lifecycle_stage, "active")
    equal(client.get_experiment("0").name, "Default")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_experiment, "987654321")


def fluent_run() -> None:
    experiment = fresh("Fluent")
    with mlflow.start_run(run_name="first", tags={"kind": "trial"}) as run:
        mlflow.log_param("depth", 3)
        mlflow.log_params({"rate": 0.1, "name": "forêt"})
        mlflow.log_metric("loss", 2.5)
        mlflow.log_metric("loss", 1.5, step=1)
        mlflow.log_metrics({"acc": 0.5, "nan": math.nan}, step=2)
        mlflow.set_tag("author", "me")
        mlflow.set_tags({"a": 1, "b/c": "x y"})
        mlflow.delete_tag("a")
    client = MlflowClient()
    got = client.get_run(run.info.run_id)
    equal(got.info.status, "FINISHED")
    equal(got.info.experiment_id, experiment)
    equal(got.data.tags["mlflow.runName"], "first")
    equal(got.data.params, {"depth": "3", "rate": "0.1", "name": "forêt"})
    equal((got.data.metrics["loss"], got.data.metrics["acc"]), (1.5, 0.5))
    assert math.isnan(got.data.metrics["nan"])
    equal((got.data.tags["kind"], got.data.tags["author"], got.data.tags["b/c"]), ("trial", "me", "x y"))
    assert "a" not in got.data.tags
    assert got.info.end_time >= got.info.start_time > 1_500_000_000_000
    equal(
        [(m.step, m.value) for m in client.get_metric_history(run.info.run_id, "loss")], [(0, 2.5), (1, 1.5)]
    )
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_metric("loss", 0.5, step=2)
    equal(client.get_run(run.info.run_id).data.metrics["loss"], 0.5)


def failed_run() -> None:
    fresh("Failures")
    try:
        with mlflow.start_run() as run:
            raise KeyError("on purpose")
    except KeyError:
        pass
    equal(MlflowClient().get_run(run.info.run_id).info.status, "FAILED")


def nested_runs() -> None:
    experiment = fresh("Nested")
    with mlflow.start_run() as parent:
        for depth in range(3):
            with mlflow.start_run(nested=True):
                mlflow.log_param("depth", depth)
    children = MlflowClient().search_runs(
        [experiment], filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'"
    )
    equal(sorted(child.data.params["depth"] for child in children), ["0", "1", "2"])


def client_run() -> None:
    client = MlflowClient()
    experiment = fresh("Client")
    run = client.create_run(experiment, start_time=1_600_000_000_000, tags={"mlflow.runName": "by hand"})
    run_id = run.info.run_id
    now = 1_600_000_000_001
    client.log_batch(
        run_id,
        metrics=[Metric("m", i / 10, now + i, i) for i in range(500)],
        params=[Param(f"p{i}", str(i)) for i in range(50)],
        tags=[RunTag(f"t{i}", str(i)) for i in range(50)],
    )
    client.log_metric(run_id, "single", 7, timestamp=now, step=-1)
    client.log_param(run_id, "single", "seven")
    client.log_param(run_id, "single", "seven")
    refused("INVALID_PARAMETER_VALUE", client.log_param, run_id, "single", "eight")
    client.set_tag(run_id, "single", "7")
    client.delete_tag(run_id, "t0")
    history = client.get_metric_history(run_id, "m")
    equal([(m.step, m.timestamp, m.value) for m in history], [(i, now + i, i / 10) for i in range(500)])
    equal(client.get_metric_history(run_id, "nobody logged this"), [])
    client.set_terminated(run_id, "KILLED", end_time=now + 500)
    run = client.get_run(run_id)
    equal((run.info.status, run.info.start_time, run.info.end_time), ("KILLED", 1_600_000_000_000, now + 500))
    equal((len(run.data.params), run.data.metrics["m"], run.data.metrics["single"]), (51, 49.9, 7))
    assert "t0" not in run.data.tags
    assert run.data.tags["t49"] == "49"
    client.delete_run(run_id)
    equal(client.get_run(run_id).info.lifecycle_stage, "deleted")
    refused("INVALID_PARAMETER_VALUE", client.log_metric, run_id, "m", 1)
    equal([item.info.run_id for item in client.search_runs([experiment])], [])
    equal(
        [item.info.run_id for item in client.search_runs([experiment], "", ViewType.DELETED_ONLY)], [run_id]
    )
    client.restore_run(run_id)
    equal(client.get_run(run_id).info.lifecycle_stage, "active")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_run, "0" * 32)


def searching() -> None:
    client = MlflowClient()
    experiment = fresh("Search")
    for i in range(25):
        run = client.create_run(experiment, start_time=1_600_000_000_000 + i, tags={"parity": str(i % 2)})
        client.log_metric(run.info.run_id, "acc", i / 25)
        client.log_param(run.info.run_id, "depth", str(i))

    def depths(*args: Any, **kwargs: Any) -> list[int]:
        return [int(run.data.params["depth"]) for run in client.search_runs([experiment], *args, **kwargs)]

    equal(depths("metrics.acc > 0.9", order_by=["metrics.acc ASC"]), [23, 24])
    equal(depths("params.depth = '7'"), [7])
    equal(depths("tags.parity = '1' and metrics.acc < 0.2", order_by=["params.depth DESC"]), [3, 1])
    equal(depths("tags.parity LIKE '1%'", order_by=["metrics.acc DESC"], max_results=2), [23, 21])
    equal(depths("attributes.status = 'RUNNING'", order_by=["attributes.start_time ASC"])[:3], [0, 1, 2])
    equal(depths(), list(range(24, -1, -1)))
    page = client.search_runs([experiment], max_results=10, order_by=["metrics.acc DESC"])
    seen = [run.data.params["depth"] for run in page]
    while page.token:
        page = client.search_runs(
            [experiment], max_results=10, order_by=["metrics.acc DESC"], page_token=page.token
        )
        seen += [run.data.params["depth"] for run in page]
    equal(seen, [str(i) for i in range(24, -1, -1)])
    frame = mlflow.search_runs(experiment_ids=[experiment], filter_string="metrics.acc >= 0.8")
    equal((len(frame), frame["metrics.acc"].min()), (5, 0.8))
    refused("INVALID_PARAMETER_VALUE", client.search_runs, [experiment], "no such thing >>")


def artifacts() -> None:
    fresh("Artifacts")
    client = MlflowClient()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tree" / "deep").mkdir(parents=True)
        (folder / "one.txt").write_text("one")
        (folder / "tree" / "two.bin").write_bytes(bytes(range(256)) * 4096)
        (folder / "tree" / "deep" / "thrée.txt").write_text("three")
        (folder / "tree" / "empty").write_bytes(b"")
        with mlflow.start_run() as run:
            run_id = run.info.run_id
            mlflow.log_artifact(str(folder / "one.txt"))
            mlflow.log_artifact(str(folder / "one.txt"), "nested/folder")
            mlflow.log_artifacts(str(folder / "tree"), "tree")
            mlflow.log_text("text", "texts/note.txt")
            mlflow.log_dict({"a": [1, 2]}, "dict.json")
            mlflow.log_dict({"a": [1, 2]}, "dict.yaml")
            _log_pictures()
            assert mlflow.get_artifact_uri("one.txt").endswith("/artifacts/one.txt")
        top = {item.path: (item.is_dir, item.file_size) for item in client.list_artifacts(run_id)}
        equal(top["one.txt"], (False, 3))
        equal(top["tree"][0], True)
        equal(
            sorted(item.path for item in client.list_artifacts(run_id, "tree")),
            ["tree/deep", "tree/empty", "tree/two.bin"],
        )
        equal(client.list_artifacts(run_id, "not/there"), [])
        where = Path(client.download_artifacts(run_id, "", str(_made(folder / "all"))))
        equal((where / "tree" / "two.bin").read_bytes(), bytes(range(256)) * 4096)
        equal((where / "tree" / "deep" / "thrée.txt").read_text(), "three")
        equal((where / "tree" / "empty").read_bytes(), b"")
        equal((where / "nested" / "folder" / "one.txt").read_text(), "one")
        equal(json.loads((where / "dict.json").read_text()), {"a": [1, 2]})
        assert (where / "figure.png").read_bytes().startswith(b"\x89PNG")
        assert (where / "picture.png").read_bytes().startswith(b"\x89PNG")
        single = client.download_artifacts(run_id, "texts/note.txt", str(_made(folder / "single")))
        equal(Path(single).read_text(), "text")


def _log_pictures() -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3])
    mlflow.log_figure(figure, "figure.png")
    pyplot.close(figure)
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), "picture.png")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


COMMON: list[Step] = [
    experiments,
    fluent_run,
    failed_run,
    nested_runs,
    client_run,
    searching,
    artifacts,
]
