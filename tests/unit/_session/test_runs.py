from __future__ import annotations

import os
import threading

import pytest

import mlflow
from mlflow._session.runs import current_run, open_runs, take_all_runs


def in_thread(action: object) -> list[object]:
    assert callable(action)
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(action()))
    thread.start()
    thread.join()
    return answers


def test_every_thread_has_a_stack_of_its_own() -> None:
    with mlflow.start_run():
        assert in_thread(current_run) == [None]
        assert len(open_runs()) == 1


def test_runs_of_all_threads_can_be_taken() -> None:
    outer = mlflow.start_run()
    inner = mlflow.start_run(nested=True)
    (other,) = in_thread(mlflow.start_run)
    assert isinstance(other, mlflow.ActiveRun)
    taken = [entry.run.info.run_id for entry in take_all_runs()]
    assert taken == [inner.info.run_id, outer.info.run_id, other.info.run_id]
    assert current_run() is None


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_has_no_open_run_and_logs_to_its_own() -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            answer = "failed"
            try:
                was_open = mlflow.active_run() is not None
                mlflow.log_param("child", 1)
                own = mlflow.active_run()
                assert own is not None
                mlflow.end_run()
                answer = f"{was_open} {own.info.run_id}"
            finally:
                os.write(writing, answer.encode())
                os._exit(0)
        os.waitpid(child, 0)
        inherited, _, own_id = os.read(reading, 1000).decode().partition(" ")
        assert inherited == "False"
        assert mlflow.get_run(own_id).data.params == {"child": "1"}
        mlflow.log_metric("m", 2, step=1)
        assert mlflow.get_run(run.info.run_id).data.metrics == {"m": 2.0}
        assert mlflow.get_run(run.info.run_id).data.params == {}
