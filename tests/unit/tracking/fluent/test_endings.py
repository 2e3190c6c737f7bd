"""How runs end that nobody ends: real processes, ended in every way."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import mlflow
from mlflow._base.clock import now_ms
from mlflow._session.stores import open_session_store
from mlflow._storage.interface.leases import LOST
from mlflow.entities import Run


def write_script(folder: Path, lines: str) -> list[str]:
    """A script that starts a run, logs, and does the rest; returns the command that runs it."""
    script = folder / "script.py"
    script.write_text(f"import mlflow, os, signal, sys, time\nmlflow.start_run()\n{lines}\n")
    return [sys.executable, str(script)]


def started(folder: Path, lines: str) -> subprocess.Popen[str]:
    """A script that is under way: it has printed a line."""
    process = subprocess.Popen(
        write_script(folder, lines), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "ready" in (line.strip() for line in process.stdout)  # beside links to runs that have ended
    return process


def only_run() -> Run:
    (run,) = mlflow.search_runs(output_format="list")
    return run


@pytest.mark.parametrize(
    ("ending", "status"),
    [("pass", "FINISHED"), ("raise SystemExit(0)", "FINISHED"), ("raise ValueError", "FAILED")],
)
def test_the_end_of_a_process_ends_its_runs(session: Path, ending: str, status: str) -> None:
    command = write_script(session, f"mlflow.log_metric('m', 1, synchronous=False)\n{ending}")
    subprocess.run(command, cwd=session, capture_output=True, check=False)
    run = only_run()
    assert (run.info.status, run.data.metrics) == (status, {"m": 1.0})


@pytest.mark.parametrize(
    "busy", ["while True: mlflow.log_metric('m', 1)", "time.sleep(60)"], ids=["logging", "waiting"]
)
def test_a_process_that_is_terminated_says_so(session: Path, busy: str) -> None:
    process = started(session, f"print('ready', flush=True)\n{busy}")
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM
    assert "Traceback" not in errors
    run = only_run()
    assert run.info.status == "KILLED"
    assert run.info.end_time is not None
    assert LOST not in run.data.tags


def test_a_program_that_handles_termination_is_left_to_do_so(session: Path) -> None:
    process = started(
        session,
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "mlflow.end_run()\nmlflow.start_run()\nprint('ready', flush=True)\ntime.sleep(60)",
    )
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 7
    assert {run.info.status for run in mlflow.search_runs(output_format="list")} == {"FINISHED"}


def test_a_child_that_is_terminated_leaves_the_runs_of_its_parent_alone(session: Path) -> None:
    command = write_script(
        session,
        "pid = os.fork()\n"
        "if pid == 0:\n    time.sleep(60)\n    os._exit(0)\n"
        "os.kill(pid, signal.SIGTERM)\n"
        "_, code = os.waitpid(pid, 0)\n"
        "assert os.WTERMSIG(code) == signal.SIGTERM\n"
        "assert mlflow.get_run(mlflow.active_run().info.run_id).info.status == 'RUNNING'",
    )
    subprocess.run(command, cwd=session, check=True, capture_output=True)
    assert only_run().info.status == "FINISHED"


def test_the_run_of_a_killed_process_is_shown_as_lost(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_RUN_LEASE", "0.6")
    monkeypatch.setattr("mlflow._session.stores._SWEEP_S", 0)
    process = started(session, "time.sleep(1.5)\nprint('ready', flush=True)\ntime.sleep(60)")
    assert only_run().info.status == "RUNNING"
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 30
    while (run := only_run()).info.status == "RUNNING" and time.monotonic() < deadline:
        time.sleep(0.05)
        open_session_store().leases.expire()  # as a server does by itself
    assert run.info.status == "KILLED"
    assert run.info.end_time is not None
    assert run.info.end_time <= now_ms() - 600  # at the last sign, not when it was found
    assert run.data.tags[LOST] == str(run.info.end_time)


def test_the_run_of_a_process_that_only_waits_is_not_lost(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del session
    monkeypatch.setenv("MLFLOW_RUN_LEASE", "0.9")
    monkeypatch.setattr("mlflow._session.stores._SWEEP_S", 0)
    with mlflow.start_run():
        for _ in range(25):
            time.sleep(0.1)
            assert only_run().info.status == "RUNNING"
