"""A trainer: a process that logs through the client until its time is over."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

from mlflow._journal.open import finish_journals
from mlflow.cli.sync import sync
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_tag import RunTag
from mlflow.tracking.client import MlflowClient
from tests.faults.kin import end_with_parent
from tests.faults.ledger import TABLE, Call, Ledger, point

SETTINGS = {
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1.3",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "3",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


class Trainer:
    """Makes a run, logs, ends the run, and begins again.

    Args:
        client: The client.
        ledger: Where it notes what it does.
        name: Begin of the names of its runs.
        random: What decides.
        artifacts: Whether it logs artifacts as well.
    """

    def __init__(
        self, client: MlflowClient, ledger: Ledger, name: str, random: random.Random, *, artifacts: bool
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._name = name
        self._random = random
        self._artifacts = artifacts
        self._number = 0

    def train(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        for attempt in range(1000):
            if time.monotonic() > end:
                return
            self._run(f"{self._name}-{attempt}", end)

    def _run(self, name: str, end: float) -> None:
        made = self._ledger.do(Call("create_run", name), lambda: self._client.create_run("0", run_name=name))
        if made is None:
            time.sleep(0.05)
            return
        run_id: str = made.info.run_id
        step = 0
        calls = self._random.randint(0, 40)
        for _ in range(calls):
            if time.monotonic() > end:
                break
            call, work = self._next(run_id, name, step)
            self._ledger.do(call, work)
            step = max(step, call.points[1])
            time.sleep(self._random.choice((0, 0, 0.001, 0.005)))
        self._ledger.do(
            Call("end", name, status="FINISHED"), lambda: self._client.set_terminated(run_id, "FINISHED")
        )

    def _next(self, run_id: str, name: str, step: int) -> tuple[Call, Callable[[], object]]:
        client, chance = self._client, self._random.random()
        self._number += 1
        key = f"k{self._number}"
        if chance < 0.6:
            large = chance < 0.05
            count = self._random.randint(300, 900) if large else self._random.randint(1, 20)
            keys = self._random.choice((1, 3, 100))
            call = Call("log_batch", name, (step, step + count, keys))
            if not large and chance > 0.3:
                call.params = {f"{key}.{i}": key * 3 for i in range(3)}
                call.tags = {f"{key}.{i}": key for i in range(3)}
            return call, partial(
                client.log_batch,
                run_id,
                [_metric(keys, at) for at in range(step, step + count)],
                [Param(*pair) for pair in call.params.items()],
                [RunTag(*pair) for pair in call.tags.items()],
            )
        if chance < 0.75:
            logged, _, moment, value = point(1, step)
            return Call("log_metric", name, (step, step + 1, 1)), partial(
                client.log_metric, run_id, logged, value, moment, step
            )
        if chance < 0.83:
            return Call("log_param", name, params={key: "v"}), partial(client.log_param, run_id, key, "v")
        if chance < 0.93 or not self._artifacts:
            return Call("set_tag", name, tags={key: "v"}), partial(client.set_tag, run_id, key, "v")
        if chance > 0.975:
            call = Call("log_table", name, table=self._number)
            numbers, rows = zip(*call.all_rows(), strict=True)
            columns = {"call": list(numbers), "row": list(rows)}
            return call, partial(client.log_table, run_id, columns, TABLE)
        path, size = f"{key}.txt", self._random.choice((10, 30_000, 300_000))
        return Call("log_artifact", name, artifact=(path, size)), partial(
            client.log_text, run_id, text_of(path, size), path
        )


def text_of(path: str, size: int) -> str:
    """The content of an artifact."""
    return (path * (size // len(path) + 1))[:size]


def _metric(keys: int, step: int) -> Metric:
    key, _, moment, value = point(keys, step)
    return Metric(key, value, moment, step)


def train(uri: str, ledger: Path, name: str, seed: str, seconds: float, journals: Path | None) -> None:
    """What the process of a trainer does.

    Args:
        uri: The server, or the database.
        ledger: Where it notes what it does.
        name: Begin of the names of its runs.
        seed: What its decisions follow from.
        seconds: How long.
        journals: Where it keeps a journal, if it keeps one.
    """
    end_with_parent()
    os.environ.update(SETTINGS)
    random_ = random.Random(seed)
    if journals is not None:
        os.environ.update({"MLFLOW_JOURNAL": "1", "MLFLOW_JOURNAL_DIR": str(journals)})
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = random_.choice("0013")
    while True:
        try:
            client = MlflowClient(uri)
            break
        except Exception:  # noqa: BLE001 - the database cannot be opened now
            time.sleep(0.05)
    Trainer(client, Ledger(ledger), name, random_, artifacts=uri.startswith("http")).train(seconds)
    if journals is not None and random_.random() < 0.5:
        finish_journals(0.5)  # else it ends like one that crashes


def send_journals(journals: Path) -> None:
    """What the process does that sends what trainers have left behind: the command, as a user runs it."""
    end_with_parent()
    os.environ.update(SETTINGS)
    with (journals.parent / "sync.log").open("a") as log, redirect_stdout(log), redirect_stderr(log):
        sync.main([str(journals)])
