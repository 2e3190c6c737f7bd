from __future__ import annotations

from pathlib import Path

import mlflow
from mlflow.tracking.artifact_utils import _download_artifact_from_uri, get_artifact_uri


def test_the_names_that_other_packages_call_work(session: Path) -> None:
    with mlflow.start_run() as run:
        mlflow.log_text("t", "a/t.txt")
    uri = get_artifact_uri(run.info.run_id, "a/t.txt")
    assert uri == f"{run.info.artifact_uri}/a/t.txt"
    assert _download_artifact_from_uri(uri, str(session / "out")) == str(session / "out" / "t.txt")
