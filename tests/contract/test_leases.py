"""What every store does with leases of runs."""

from __future__ import annotations

import time

import pytest

from mlflow._base.clock import now_ms
from mlflow._storage.interface.leases import LOST
from mlflow._storage.interface.store import Store
from mlflow.entities.run_status import RunStatus
from tests.contract.errors import INVALID, refused

LONG_MS = 60_000


def let_pass(store: Store, run_id: str) -> list[str]:
    """Renews a lease for the last time, and asks for lost runs once it must have passed."""
    store.leases.renew([run_id], 1)
    time.sleep(0.02)
    return store.leases.expire()


def test_a_run_whose_lease_has_passed_is_lost(store: Store, run_id: str) -> None:
    before = now_ms()

    assert let_pass(store, run_id) == [run_id]

    run = store.runs.get(run_id)
    assert run.info.status == "KILLED"
    assert run.info.end_time is not None
    assert before <= run.info.end_time <= now_ms()
    assert run.data.tags[LOST] == str(run.info.end_time)
    assert store.leases.expire() == []


def test_a_run_whose_lease_is_renewed_goes_on(store: Store, run_id: str) -> None:
    store.leases.renew([run_id], 1)
    store.leases.renew([run_id], LONG_MS)
    time.sleep(0.02)

    assert store.leases.expire() == []
    assert store.runs.get(run_id).info.status == "RUNNING"


def test_a_run_without_a_lease_is_left_alone(store: Store, run_id: str) -> None:
    assert store.leases.expire() == []
    assert store.runs.get(run_id).info.status == "RUNNING"


def test_a_sign_of_life_takes_a_loss_back(store: Store, run_id: str) -> None:
    let_pass(store, run_id)

    store.leases.renew([run_id], LONG_MS)

    run = store.runs.get(run_id)
    assert (run.info.status, run.info.end_time) == ("RUNNING", None)
    assert LOST not in run.data.tags


@pytest.mark.parametrize("status", [RunStatus.FINISHED, RunStatus.RUNNING])
def test_who_states_the_status_of_a_lost_run_knows_better(store: Store, run_id: str, status: int) -> None:
    let_pass(store, run_id)

    store.runs.update(run_id, status=status, end_time=5)

    run = store.runs.get(run_id)
    assert run.info.status == RunStatus.to_string(status)
    assert LOST not in run.data.tags
    assert store.leases.expire() == []


@pytest.mark.parametrize("status", [RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED])
def test_a_run_that_has_ended_is_not_lost(store: Store, run_id: str, status: int) -> None:
    store.leases.renew([run_id], 1)
    store.runs.update(run_id, status=status, end_time=5)
    store.leases.renew([run_id], 1)
    time.sleep(0.02)

    assert store.leases.expire() == []
    assert store.runs.get(run_id).info.status == RunStatus.to_string(status)


def test_a_deleted_run_is_not_lost(store: Store, run_id: str) -> None:
    store.leases.renew([run_id], 1)
    store.runs.delete(run_id)
    time.sleep(0.02)

    assert store.leases.expire() == []
    store.leases.renew([run_id], 1)
    store.runs.restore(run_id)
    assert store.runs.get(run_id).info.status == "RUNNING"


def test_unknown_runs_are_passed_over(store: Store, run_id: str) -> None:
    store.leases.renew(["0" * 32, run_id], 1)
    time.sleep(0.02)

    assert store.leases.expire() == [run_id]


@pytest.mark.parametrize("lease_ms", [0, -1, 24 * 60 * 60 * 1000 + 1])
def test_a_lease_has_limits(store: Store, run_id: str, lease_ms: int) -> None:
    with refused(INVALID, "lease_ms"):
        store.leases.renew([run_id], lease_ms)


def test_a_sign_of_the_past_says_when_a_process_was_last_there(store: Store, run_id: str) -> None:
    seen_ms = now_ms() - 5
    store.leases.renew([run_id], 1, seen_ms)
    time.sleep(0.05)
    assert store.leases.expire() == [run_id]
    assert store.runs.get(run_id).info.end_time == seen_ms
    store.leases.renew([run_id], LONG_MS, seen_ms + 1)
    assert store.runs.get(run_id).info.status == "KILLED"


def test_a_sign_of_the_past_does_not_make_a_later_one_forgotten(store: Store, run_id: str) -> None:
    store.leases.renew([run_id], LONG_MS)
    before = now_ms()
    store.leases.renew([run_id], 1, seen_ms=1_000)
    time.sleep(0.05)
    assert store.leases.expire() == [run_id]
    end_time = store.runs.get(run_id).info.end_time
    assert end_time is not None
    assert 1_000 < end_time <= before
