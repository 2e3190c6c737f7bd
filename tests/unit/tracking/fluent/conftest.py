"""Every test here runs twice: with the tracking store in a database of its own, and on a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlflow._storage.open import open_sql_store
from mlflow.environment_variables import MLFLOW_TRACKING_URI


@pytest.fixture(params=["sqlite", "server"], autouse=True)
def tracking(request: pytest.FixtureRequest, session: Path) -> Iterator[str]:
    """Where runs go that are started: what the environment of the process says."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    store = open_sql_store(f"sqlite:///{session}/served/mlflow.db")
    live_server = request.getfixturevalue("live_server")
    try:
        with live_server.serving(store) as address:
            MLFLOW_TRACKING_URI.set(address)
            yield "server"
            MLFLOW_TRACKING_URI.unset()
    finally:
        store.close()
