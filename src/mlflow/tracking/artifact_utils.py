"""What packages for MLflow do with artifacts by these names."""

from __future__ import annotations

import os

from mlflow._session.stores import open_session_store
from mlflow.tracking.artifacts import download, run_artifact_uri


def get_artifact_uri(run_id: str, artifact_path: str | None = None, tracking_uri: str | None = None) -> str:
    """URI of the artifacts of a run, or of a file or folder among them."""
    return run_artifact_uri(open_session_store(tracking_uri), run_id, artifact_path)


def _download_artifact_from_uri(
    artifact_uri: str, output_path: str | os.PathLike[str] | None = None, tracking_uri: str | None = None
) -> str:
    """Fetches a file or folder and answers its local path."""
    return download(open_session_store(tracking_uri), artifact_uri, output_path)
