"""A tracking store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import mlflow
from mlflow._storage.open import forget_stores


@pytest.fixture
def local_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store in a database of the test's folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    yield
    while mlflow.active_run():
        mlflow.end_run()
    # Back to what the environment says: a store that was set would win over it in all tests to come.
    mlflow.set_tracking_uri(None)
    forget_stores()
