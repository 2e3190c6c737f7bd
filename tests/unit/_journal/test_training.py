"""Trainings that log through journals, with servers and processes that die."""

from __future__ import annotations

import http.server
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy
import pytest
from tests.unit._journal.conftest import OwnServer

import mlflow
from mlflow._journal.folder import JournalFolder, journals_in
from mlflow._journal.open import finish_journals
from mlflow.cli.sync import sync as sync_command
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient


def run_named(server: OwnServer, name: str) -> Run:
    (run,) = server.store().runs.search(
        [item.experiment_id for item in server.store().experiments.search()], f"run_name = '{name}'"
    )
    return run


def steps(server: OwnServer, run_id: str, key: str = "m") -> list[int]:
    return [point.step for point in server.store().metrics.history(run_id, key)]


def sync(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlflow.cli", "sync", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def train(name: str, num_steps: int = 20) -> mlflow.ActiveRun:
    """A training that logs something of each kind."""
    with mlflow.start_run(run_name=name, tags={"kind": "test"}) as run:
        mlflow.log_params({"depth": 3, "rate": 0.1})
        for step in range(num_steps):
            mlflow.log_metric("m", step / 2, step=step)
        mlflow.log_metrics({"a": 1, "b": float("nan")}, step=1)
        mlflow.log_text("text", "notes/a.txt")
        mlflow.log_dict({"a": 1}, "a.json")
        mlflow.set_tag("stage", "done")
        model = mlflow.initialize_logged_model("forest")
        mlflow.finalize_logged_model(model.model_id, "READY")
    return run


def check(server: OwnServer, name: str, num_steps: int = 20) -> None:
    """That a training arrived, whole and once."""
    run = run_named(server, name)
    assert run.info.status == "FINISHED"
    assert steps(server, run.info.run_id) == list(range(num_steps))
    assert run.data.params == {"depth": "3", "rate": "0.1"}
    assert run.data.tags["stage"] == "done"
    files = server.store().artifacts(f"runs:/{run.info.run_id}")
    assert b"".join(files.read("notes/a.txt")) == b"text"
    (model,) = server.store().logged_models.search([run.info.experiment_id], "name = 'forest'")
    assert (model.source_run_id, str(model.status)) == (run.info.run_id, "READY")


def test_a_training_arrives_and_leaves_nothing_behind(journaled: Path, running: OwnServer) -> None:
    mlflow.set_tracking_uri(running.address)
    run = train("r")
    (status,) = mlflow.status(wait=30)
    assert (status.pending, status.refused, status.failure) == (0, (), None)
    check(running, "r")
    assert mlflow.get_run(run.info.run_id).data.tags["mlflow.headrace.journal"] == status.folder.name
    finish_journals()
    assert not journaled.exists()


def test_what_was_logged_is_read(journaled: Path, running: OwnServer) -> None:
    del journaled
    mlflow.set_tracking_uri(running.address)
    mlflow.set_experiment("e")
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1)
        mlflow.log_text("text", "a.txt")
        assert mlflow.get_run(run.info.run_id).data.metrics == {"m": 1.0}
        assert [found.info.run_id for found in mlflow.search_runs(output_format="list")] == [run.info.run_id]
        assert [info.path for info in MlflowClient().list_artifacts(run.info.run_id)] == ["a.txt"]
        assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/a.txt") == "text"
        MlflowClient().delete_run(run.info.run_id)
        assert mlflow.get_run(run.info.run_id).info.lifecycle_stage == "deleted"


def test_a_run_is_moved_while_it_is_logged(journaled: Path, running: OwnServer) -> None:
    del journaled
    mlflow.set_tracking_uri(running.address)
    with mlflow.start_run(run_name="r") as run:
        mlflow.log_metric("m", 1, step=1)
        assert mlflow.move_runs(run.info.run_id, experiment_name="right") == [run.info.run_id]
        mlflow.log_metric("m", 2, step=2)
    (status,) = mlflow.status(wait=30)
    assert (status.pending, status.refused) == (0, ())
    assert steps(running, run.info.run_id) == [1, 2]
    found = run_named(running, "r")
    assert running.store().experiments.get(found.info.experiment_id).name == "right"


def test_a_server_that_comes_late_is_waited_for(journaled: Path, server: OwnServer) -> None:
    mlflow.set_tracking_uri(server.address)
    mlflow.set_experiment("later")
    train("r")
    (status,) = mlflow.status()
    assert status.pending > 20
    server.start()
    (status,) = mlflow.status(wait=60)
    assert status.pending == 0, status
    check(server, "r")
    run = run_named(server, "r")
    assert server.store().experiments.get(run.info.experiment_id).name == "later"
    finish_journals()
    assert not journaled.exists()


def everything_that_writes(experiment_id: str) -> mlflow.ActiveRun:
    """A training that uses each function which writes."""
    picture = numpy.zeros((4, 4, 3), dtype=numpy.uint8)
    mlflow.set_experiment(experiment_id=experiment_id)
    mlflow.set_experiment_tags({"k": "v"})
    mlflow.create_experiment("another", tags={"a": "b"})
    mlflow.set_experiment("away")
    with mlflow.start_run(run_name="r", description="d") as run:
        with mlflow.start_run(nested=True, run_name="child"):
            mlflow.log_metric("n", 1)
        mlflow.log_metrics({"a": 1})
        mlflow.log_metric("later", 1, synchronous=False)
        mlflow.log_params({"p": 1})
        mlflow.set_tags({"t": 1, "gone": 2})
        mlflow.delete_tag("gone")
        mlflow.log_dict({"a": 1}, "d.json")
        mlflow.log_text("text", "d.txt")
        mlflow.log_image(picture, "i.png")
        mlflow.log_image(picture, key="series", step=1)
        Path("tree/deep").mkdir(parents=True)
        Path("tree/deep/file.txt").write_text("file")
        mlflow.log_artifact("tree/deep/file.txt", "one")
        mlflow.log_artifacts("tree", "all")
        for rows in ([1, 2], [3]):
            mlflow.log_table({"a": rows}, "table.json")
        mlflow.log_input(mlflow.data.from_numpy(picture), context="training")
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=lambda model_input: model_input,
            pip_requirements=[],
            registered_model_name="fruit",
        )
        assert info.model_id
        mlflow.set_logged_model_tags(info.model_id, {"k": "v", "gone": "x"})
        mlflow.delete_logged_model_tag(info.model_id, "gone")
        mlflow.set_active_model(model_id=info.model_id)
        mlflow.log_metric("accuracy", 1.0)
        mlflow.clear_active_model()
        assert mlflow.get_artifact_uri() == f"runs:/{run.info.run_id}"
        assert mlflow.get_run(run.info.run_id).data.params == {"p": "1"}
        assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/d.txt") == "text"
        assert mlflow.pyfunc.load_model(info.model_uri).predict([1]) == [1]
        assert mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model").predict([1]) == [1]
    last = mlflow.last_active_run()
    assert last is not None
    assert last.info.status == "FINISHED"
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_metric("resumed", 1)
    with mlflow.start_run(parent_run_id=run.info.run_id, run_name="second child"):
        pass
    return run


def test_nothing_that_writes_raises_while_the_server_is_away(journaled: Path, server: OwnServer) -> None:
    mlflow.set_tracking_uri(server.address)

    run = everything_that_writes("0")
    with pytest.raises(MlflowException, match=r"cannot be reached .* calls wait in .*mljournal"):
        mlflow.search_runs()
    with pytest.raises(MlflowException, match="calls wait in"):
        mlflow.load_table("table.json")
    with pytest.raises(MlflowException, match="calls wait in"):
        mlflow.get_run("0" * 32)

    server.start()
    (status,) = mlflow.status(wait=60)
    assert (status.pending, status.refused) == (0, ())
    found = mlflow.get_run(run.info.run_id)
    assert found.info.artifact_uri != f"runs:/{run.info.run_id}"
    assert found.data.metrics == {"a": 1, "later": 1, "accuracy": 1, "resumed": 1}
    assert found.data.tags.keys() >= {"t", "mlflow.note.content", "mlflow.loggedArtifacts"}
    assert "gone" not in found.data.tags
    assert len(found.inputs.dataset_inputs) == 1
    assert list(mlflow.load_table("table.json")["a"]) == [1, 2, 3]
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/all/deep/file.txt") == "file"
    (version,) = mlflow.search_model_versions()
    assert (version.name, version.run_id) == ("fruit", run.info.run_id)
    children = mlflow.search_runs(
        filter_string=f"tags.`mlflow.parentRunId` = '{run.info.run_id}'", output_format="list"
    )
    assert {child.info.run_name for child in children} == {"child", "second child"}
    finish_journals()
    assert not journaled.exists()


def test_what_was_logged_is_read_when_the_server_goes_away(journaled: Path, running: OwnServer) -> None:
    del journaled
    mlflow.set_tracking_uri(running.address)
    foreign = running.store().runs.create("0", "ada").info.run_id
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1)
        mlflow.log_text("text", "a.txt")
        mlflow.log_table({"a": [1]}, "t.json")
        assert mlflow.status(wait=30)[0].pending == 0
        running.kill()
        mlflow.log_metric("m", 2, step=1)
        mlflow.log_table({"a": [2]}, "t.json")
        with mlflow.start_run(run_id=foreign, nested=True):
            mlflow.log_metric("m", 3)
        assert mlflow.get_run(run.info.run_id).data.metrics == {"m": 2.0}
        assert [info.path for info in MlflowClient().list_artifacts(run.info.run_id)] == ["a.txt", "t.json"]
        with pytest.raises(MlflowException, match="cannot be reached"):
            mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/a.txt")  # the server has it
        running.start()
        assert mlflow.status(wait=60)[0].pending == 0
        assert list(mlflow.load_table("t.json", [run.info.run_id])["a"]) == [1, 2]
    assert running.store().runs.get(foreign).data.metrics == {"m": 3.0}


def test_a_server_that_is_killed_again_and_again_loses_and_doubles_nothing(
    journaled: Path, running: OwnServer
) -> None:
    del journaled
    mlflow.set_tracking_uri(running.address)
    with mlflow.start_run(run_name="r") as run:
        for step in range(3000):
            mlflow.log_metric("m", step, step=step)
            if step % 1000 == 500:
                running.kill()
            if step % 1000 == 900:
                running.start()
    (status,) = mlflow.status(wait=60)
    assert status.pending == 0, status
    assert status.refused == ()
    assert steps(running, run.info.run_id) == list(range(3000))
    assert run_named(running, "r").info.status == "FINISHED"


TRAINER = """
import os, sys
import mlflow
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run(run_name=sys.argv[2]) as run:
    for step in range(1_000_000):
        mlflow.log_metric("m", step, step=step)
        if step % 50 == 0:
            mlflow.log_text(str(step), "step.txt")
        os.write(1, b"%d\\n" % step)  # this call has returned
"""


def killed_trainer(address: str, name: str, seconds: float) -> int:
    """Last step of a trainer that is killed after a while."""
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINER, address, name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    process.stdout.readline()
    reader: list[bytes] = []
    output = process.stdout
    thread = threading.Thread(target=lambda: reader.extend(output.readlines()))
    thread.start()
    time.sleep(seconds)
    process.kill()
    process.wait()
    thread.join()
    output.close()
    whole = [int(line) for line in reader if line.endswith(b"\n")]
    return whole[-1] if whole else 0


@pytest.mark.parametrize("is_up", [True, False], ids=["server up", "server down"])
def test_a_trainer_that_is_killed_loses_the_call_in_progress_at_most(
    journaled: Path, server: OwnServer, *, is_up: bool
) -> None:
    if is_up:
        server.start()
    lasts = {
        f"r{number}": killed_trainer(server.address, f"r{number}", random.uniform(0.05, 0.5))
        for number in range(3)
    }
    if not is_up:
        server.start()
    done = sync()
    assert done.returncode == 0, done.stdout + done.stderr
    for name, last in lasts.items():
        run = run_named(server, name)
        found = steps(server, run.info.run_id)
        assert found == list(range(len(found)))
        assert last <= len(found) - 1 <= last + 1
    assert not journaled.exists()


def test_the_next_process_sends_what_a_killed_one_left(journaled: Path, server: OwnServer) -> None:
    last = killed_trainer(server.address, "first", 0.2)
    server.start()
    mlflow.set_tracking_uri(server.address)
    train("second")
    (status,) = mlflow.status(wait=30)
    assert status.pending == 0
    assert len(steps(server, run_named(server, "first").info.run_id)) > last
    check(server, "second")
    finish_journals()
    assert not journaled.exists()


def test_the_end_of_a_process_says_what_it_leaves(journaled: Path, server: OwnServer) -> None:
    script = "import mlflow\nmlflow.start_run(run_name='r')\nmlflow.log_metric('m', 1)"
    environment = {**os.environ, "MLFLOW_TRACKING_URI": server.address, "MLFLOW_JOURNAL_EXIT_TIMEOUT": "0.3"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert f"3 calls could not be sent to {server.address} and wait in" in done.stderr
    assert f"mlflow sync {journaled}" in done.stderr
    assert "takes nothing at the moment" in done.stderr
    server.start()
    assert "3 calls sent" in sync(journaled).stdout
    assert run_named(server, "r").info.status == "FINISHED"


def test_a_process_that_is_terminated_says_so(journaled: Path, running: OwnServer) -> None:
    script = "import mlflow, time\nmlflow.start_run(run_name='r')\nprint(1, flush=True)\ntime.sleep(60)"
    environment = {**os.environ, "MLFLOW_TRACKING_URI": running.address}
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    process.communicate()
    assert process.returncode == -signal.SIGTERM
    assert run_named(running, "r").info.status == "KILLED"
    assert not journaled.exists()


def test_a_run_goes_on_while_the_server_is_away(journaled: Path, server: OwnServer) -> None:
    del journaled
    server.start()
    mlflow.set_tracking_uri(server.address)
    with mlflow.start_run(run_name="r") as run:
        mlflow.log_metric("m", 0, step=0)
    mlflow.status(wait=30)
    server.kill()
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_metric("m", 1, step=1)
    server.start()
    (status,) = mlflow.status(wait=60)
    assert status.pending == 0, status
    assert steps(server, run.info.run_id) == [0, 1]
    assert run_named(server, "r").info.status == "FINISHED"


def test_a_run_goes_on_at_an_earlier_step(journaled: Path, running: OwnServer) -> None:
    del journaled
    mlflow.set_tracking_uri(running.address)
    with mlflow.start_run(run_name="r") as run:
        for step in range(10):
            mlflow.log_metric("m", step, step=step)
    with mlflow.start_run(run_id=run.info.run_id, resume_from_step=4):
        mlflow.log_metric("m", 50, step=5)
    assert mlflow.status(wait=30)[0].pending == 0
    history = running.store().metrics.history(run.info.run_id, "m")
    assert [point.value for point in history] == [0, 1, 2, 3, 4, 50]
    assert MlflowClient().get_run_segments(run.info.run_id)[0].points == 5


def test_a_worker_that_ends_without_a_word_is_sent_by_its_parent(journaled: Path, running: OwnServer) -> None:
    mlflow.set_tracking_uri(running.address)
    with mlflow.start_run(run_name="r") as run:
        pid = os.fork()
        if pid == 0:
            MlflowClient().log_metric(run.info.run_id, "worker", 1)
            os._exit(0)
        os.waitpid(pid, 0)
    finish_journals(60)
    assert run_named(running, "r").data.metrics == {"worker": 1.0}
    assert not journaled.exists()


def test_processes_share_a_run(journaled: Path, running: OwnServer) -> None:
    del journaled
    mlflow.set_tracking_uri(running.address)
    with mlflow.start_run(run_name="r") as run:
        pids = []
        for worker in range(3):
            pid = os.fork()
            if pid == 0:
                for step in range(100):
                    MlflowClient().log_metric(run.info.run_id, f"w{worker}", step, step=step)
                finish_journals(30)
                os._exit(0)
            pids.append(pid)
        for pid in pids:
            assert os.waitpid(pid, 0)[1] == 0
    assert mlflow.status(wait=30)[0].pending == 0
    for worker in range(3):
        assert steps(running, run.info.run_id, f"w{worker}") == list(range(100))


def as_nobody(work: Callable[[], None]) -> int:
    """Does something in a process that may not use what belongs to root, if this one may; its exit code."""
    pid = os.fork()
    if pid == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            work()
        except BaseException:  # noqa: BLE001 - it becomes the exit code
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class TestSync:
    def test_it_goes_to_another_server_once(self, journaled: Path, server: OwnServer, tmp_path: Path) -> None:
        mlflow.set_tracking_uri("http://127.0.0.1:9")  # nobody listens: a machine without a network
        mlflow.set_experiment("offline")
        run = train("r")
        finish_journals(0)
        listed = sync(journaled, "--list")
        assert "http://127.0.0.1:9" in listed.stdout
        server.start()
        assert sync(journaled, "--to", server.address).returncode == 0
        check(server, "r")
        found = run_named(server, "r")
        assert found.info.run_id == run.info.run_id
        assert found.info.start_time == run.info.start_time
        assert not journaled.exists()
        assert "Nothing waits" in sync().stdout

    def test_it_goes_to_a_database(self, journaled: Path, tmp_path: Path) -> None:
        mlflow.set_tracking_uri("http://127.0.0.1:9")
        run = train("r")
        finish_journals(0)
        done = sync(journaled, "--to", f"sqlite:///{tmp_path}/other.db")
        assert done.returncode == 0, done.stderr
        found = MlflowClient(f"sqlite:///{tmp_path}/other.db").get_run(run.info.run_id)
        assert found.info.status == "FINISHED"

    def test_an_interrupted_one_goes_on(self, journaled: Path, server: OwnServer) -> None:
        mlflow.set_tracking_uri(server.address)
        train("r", 60_000)
        finish_journals(0)
        server.start()
        process = subprocess.Popen([sys.executable, "-m", "mlflow.cli", "sync"], stdout=subprocess.DEVNULL)
        while not [folder for folder in journals_in(journaled) if folder.position().offset]:
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
        process.wait()
        done = sync()
        assert done.returncode == 0, done.stderr
        check(server, "r", 60_000)

    def test_a_server_that_is_away_is_told(self, journaled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        mlflow.set_tracking_uri("http://127.0.0.1:9")
        train("r")
        finish_journals(0)
        done = sync()
        assert done.returncode == 1
        assert "cannot be reached" in done.stderr
        assert len(journals_in(journaled)) == 1

    def test_the_rest_of_a_journal_goes_where_its_beginning_went(
        self, journaled: Path, running: OwnServer
    ) -> None:
        mlflow.set_tracking_uri(running.address)
        mlflow.start_run(run_name="r")
        mlflow.status(wait=30)
        running.kill()
        mlflow.log_metric("m", 1)
        finish_journals(0)
        done = sync(journaled, "--to", "http://127.0.0.1:9")
        assert done.returncode == 1
        assert f"sent to {running.address} already" in done.stderr

    def test_what_a_newer_version_wrote_is_left_alone(self, journaled: Path) -> None:
        mlflow.set_tracking_uri("http://127.0.0.1:9")
        train("r")
        finish_journals(0)
        (folder,) = journals_in(journaled)
        segment = folder.segment(1)
        segment.write_bytes(segment.read_bytes().replace(b"JOURNAL 1\n", b"JOURNAL 2\n", 1))
        before = {path: path.read_bytes() for path in journaled.rglob("*") if path.is_file()}
        done = sync()
        assert done.returncode == 1
        assert "newer version of Headrace" in done.stderr
        assert {path: path.read_bytes() for path in journaled.rglob("*") if path.is_file()} == before

    def test_a_segment_that_ends_in_its_beginning_is_empty(self, journaled: Path, running: OwnServer) -> None:
        mlflow.set_tracking_uri("http://127.0.0.1:9")
        train("r")
        finish_journals(0)
        (folder,) = journals_in(journaled)
        beginning = folder.segment(1).read_bytes()[:60]
        folder.segment(2).write_bytes(beginning)  # the machine lost power when it was begun
        other = JournalFolder(journaled / "other")
        other.make()
        other.segment(1).write_bytes(beginning)
        other.let_go()
        done = sync("--to", running.address)
        assert done.returncode == 0, done.stderr
        assert "other: 0 calls sent" in done.stdout
        check(running, "r")
        assert not journaled.exists()

    def test_one_that_does_not_know_its_server_is_told_it(self, journaled: Path, running: OwnServer) -> None:
        mlflow.set_tracking_uri(running.address)
        mlflow.set_experiment("e")
        running.kill()
        train("r")
        finish_journals(0)
        (folder,) = journals_in(journaled)
        data = bytearray(folder.segment(1).read_bytes())
        data[60] ^= 0xFF
        folder.segment(1).write_bytes(data)
        before = {path: path.read_bytes() for path in journaled.rglob("*") if path.is_file()}
        running.start()
        done = sync()
        assert done.returncode == 1
        assert f"Name the server: mlflow sync {folder.path} --to URI" in done.stderr
        assert {path: path.read_bytes() for path in journaled.rglob("*") if path.is_file()} == before
        assert sync("--to", running.address).returncode == 0
        check(running, "r")
        run = run_named(running, "r")
        assert running.store().experiments.get(run.info.experiment_id).name == "e"

    def test_one_of_another_user_is_told_and_holds_up_no_other(
        self, running: OwnServer, journaled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shared = Path(tempfile.mkdtemp())  # nobody may enter the folders of tests
        try:
            shared.chmod(0o777)
            monkeypatch.setenv("MLFLOW_JOURNAL_DIR", str(shared))
            mlflow.set_tracking_uri(running.address)
            own = JournalFolder(shared / "another")
            own.make()
            own.path.chmod(0o700)
            own.let_go()

            def check_and_train() -> None:
                with pytest.raises(SystemExit):
                    sync_command.main([str(shared)])
                sync_command.main([str(shared), "--list"], standalone_mode=False)
                train("r")
                assert mlflow.status(wait=60)[0].pending == 0
                finish_journals()

            assert as_nobody(check_and_train) == 0
            check(running, "r")
            assert [journal.name for journal in journals_in(shared)] == ["another"]
        finally:
            shutil.rmtree(shared)

    def test_one_that_is_stopped_says_so_and_goes_on_later(self, journaled: Path, running: OwnServer) -> None:
        mlflow.set_tracking_uri("http://127.0.0.1:9")
        train("r", 60_000)
        finish_journals(0)
        command = [sys.executable, "-m", "mlflow.cli", "sync", "--to", running.address]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not [folder for folder in journals_in(journaled) if folder.position().offset]:
            assert process.poll() is None
            time.sleep(0.005)
        beside = sync()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        if process.returncode:  # else it had just finished
            assert process.returncode == 130
            assert "the same command goes on with it" in said
            assert sync().returncode == 0
        assert "another process has it" in beside.stdout or not process.returncode
        check(running, "r", 60_000)

    def test_what_was_refused_is_shown_and_kept(self, journaled: Path, running: OwnServer) -> None:
        mlflow.set_tracking_uri(running.address)
        with mlflow.start_run(run_name="r"):
            mlflow.log_param("p", 1)
            mlflow.log_param("p", 2)
            mlflow.log_metric("m", 1)
        (status,) = mlflow.status(wait=30)
        assert len(status.refused) == 1
        assert "Changing param values is not allowed" in str(status)
        finish_journals()
        listed = sync("--list")
        assert "Changing param values" in listed.stderr
        assert sync("--again").returncode == 1
        assert len(journals_in(journaled)[0].refused()) == 1
        assert run_named(running, "r").data.metrics == {"m": 1.0}

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        done = sync(tmp_path / "nowhere")
        assert done.returncode == 1
        assert "There is no folder" in done.stderr


class _Answers(http.server.BaseHTTPRequestHandler):
    status = 404
    headers_to_send: dict[str, str] = {}
    body = b"<html>Not Found</html>"
    asked: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.path)
        self.send_response(self.status)
        for name, value in {**self.headers_to_send, "Content-Length": str(len(self.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def answering(
    status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything alike; gives its address and what it was asked."""
    asked: list[str] = []
    handler = type(
        "Answers",
        (_Answers,),
        {"status": status, "body": body, "headers_to_send": headers or {}, "asked": asked},
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TestBadServers:
    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 401])
    def test_no_answer_ends_a_training(self, journaled: Path, status: int) -> None:
        with answering(status) as (address, asked):
            mlflow.set_tracking_uri(address)
            with mlflow.start_run():
                mlflow.log_metric("m", 1)
            mlflow.status(wait=0.5)
            (now,) = mlflow.status()
            assert (now.pending, now.refused) == (3, ())
            assert now.failure
            assert asked
            finish_journals(0)
        assert len(journals_in(journaled)) == 1

    def test_a_server_that_asks_for_time_gets_it(self, journaled: Path) -> None:
        del journaled
        with answering(429, headers={"Retry-After": "60"}) as (address, asked):
            mlflow.set_tracking_uri(address)
            with mlflow.start_run():
                mlflow.log_metric("m", 1)
            mlflow.status(wait=1.5)
            assert len(asked) == 1
            finish_journals(0)

    def test_a_server_of_mlflow_is_told_from_one_of_ours(
        self, journaled: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        del journaled
        with answering(404, b"<html>Not Found</html>") as (address, _):
            mlflow.set_tracking_uri(address)
            with mlflow.start_run():
                mlflow.log_metric("m", 1)
            mlflow.status(wait=0.5)
            finish_journals(0)
        assert "A journal needs a server of Headrace" in capsys.readouterr().err


def test_no_call_looks_at_the_network(journaled: Path) -> None:
    """A server that takes connections and never answers: whoever waits for it, waits here for ever."""
    import socket

    del journaled
    with socket.create_server(("127.0.0.1", 0)) as listener:
        mlflow.set_tracking_uri(f"http://127.0.0.1:{listener.getsockname()[1]}")
        started = time.monotonic()
        train("r", 2000)
        mlflow.log_metric("m", 1, run_id="0" * 32)
        MlflowClient().log_batch("0" * 32, tags=[])
        assert time.monotonic() - started < 60
        finish_journals(0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: mlflow.log_metric("a//b", 1),
        lambda: mlflow.log_metric("m", "no number"),  # type: ignore[arg-type]  # refused
        lambda: mlflow.set_tag("t", "\udfff"),
        lambda: MlflowClient().create_run("no id"),
        lambda: MlflowClient().create_run("0", tags={"mlflow.runName": "a"}, run_name="b"),
        lambda: MlflowClient().create_run("0", start_time=-1),
        lambda: MlflowClient().log_batch("0" * 32, params=[mlflow.entities.Param("p", "1")] * 2),
        lambda: mlflow.initialize_logged_model("a/b"),
        lambda: mlflow.log_text("x", "../outside.txt"),
    ],
)
def test_what_breaks_a_rule_by_itself_raises_at_once(journaled: Path, call: Callable[[], object]) -> None:
    del journaled
    mlflow.set_tracking_uri("http://127.0.0.1:9")
    with mlflow.start_run():
        before = mlflow.status()[0].pending
        with pytest.raises(MlflowException):
            call()
        assert mlflow.status()[0].pending == before
    finish_journals(0)


def test_a_worker_goes_on_with_a_run_that_is_not_sent_yet(journaled: Path, server: OwnServer) -> None:
    del journaled
    mlflow.set_tracking_uri(server.address)
    run = MlflowClient().create_run("0", run_name="r")
    finish_journals(0)
    server.start()
    worker = f"import mlflow\nwith mlflow.start_run(run_id='{run.info.run_id}'): mlflow.log_metric('m', 1)"
    environment = {**os.environ, "MLFLOW_TRACKING_URI": server.address, "MLFLOW_JOURNAL_EXIT_TIMEOUT": "30"}
    done = subprocess.run(
        [sys.executable, "-c", worker], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert run_named(server, "r").data.metrics == {"m": 1.0}
    assert run_named(server, "r").info.status == "FINISHED"


def test_a_file_that_no_disk_takes_is_counted(
    journaled: Path, running: OwnServer, capsys: pytest.CaptureFixture[str]
) -> None:
    journaled.write_text("in the way of the folder")
    mlflow.set_tracking_uri(running.address)
    with mlflow.start_run(run_name="r"):
        mlflow.log_text("x", "a.txt")
        mlflow.log_param("p", 1)
        mlflow.log_param("p", 2)
        mlflow.log_metric("m", 1)
    (status,) = mlflow.status(wait=30)
    assert (status.pending, status.lost) == (0, 1)
    messages = capsys.readouterr().err
    assert "'a.txt' could not be kept" in messages
    assert "The server refused a call, and the disk does not take it either" in messages
    run = run_named(running, "r")  # what the memory held was sent from there
    assert (run.info.status, run.data.metrics) == ("FINISHED", {"m": 1.0})


def test_the_status_is_empty_without_a_journal(session: Path) -> None:
    del session
    assert mlflow.status(wait=1) == []


def test_a_torn_call_is_told(journaled: Path, server: OwnServer) -> None:
    mlflow.set_tracking_uri(server.address)
    train("r")
    finish_journals(0)
    (folder,) = journals_in(journaled)
    with folder.segment(1).open("r+b") as file:
        file.truncate(folder.segment(1).stat().st_size - 3)
    assert "are no whole call" in sync("--list").stderr
    server.start()
    done = sync()
    assert done.returncode == 0
    assert "the process ended while it wrote them" in done.stderr
    assert run_named(server, "r").info.status == "RUNNING"  # its end was the torn call
    assert json.loads(json.dumps(run_named(server, "r").data.params)) == {"depth": "3", "rate": "0.1"}
