"""Fixtures of the unit tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import mlflow
from mlflow._session.experiments import forget_experiment
from mlflow._session.runs import forget_runs
from mlflow._storage.open import forget_stores


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A process that has chosen nothing yet, in an empty folder; everything is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("MLFLOW_"):
            monkeypatch.delenv(name)
    yield tmp_path
    mlflow.flush_async_logging()
    mlflow.flush_artifact_async_logging()
    forget_runs()
    mlflow.clear_active_model()
    forget_experiment()
    mlflow.set_tracking_uri(None)
    mlflow.set_registry_uri(None)
    forget_stores()
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        del os.environ[name]
