"""Runs as CSV, without pandas."""

from __future__ import annotations

import csv
from typing import IO

from mlflow._base.cells import safe_cell
from mlflow.entities.run import Run
from mlflow.tracking.client import MlflowClient

_FACTS = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")
_PAGE = 1000


def write_runs(client: MlflowClient, experiment_id: str, file: IO[str]) -> int:
    """Writes all active runs of an experiment: facts, then metrics, parameters and tags by name.

    Returns:
        How many runs were written.
    """
    runs: list[Run] = []
    token: str | None = None
    while True:
        page = client.search_runs([experiment_id], max_results=_PAGE, page_token=token)
        runs += page
        token = page.token
        if not token:
            break
    columns = {
        f"{prefix}.{key}": (prefix, key)
        for prefix in ("metrics", "params", "tags")
        for key in sorted({key for run in runs for key in getattr(run.data, prefix)})
    }
    writer = csv.writer(file)
    writer.writerow([*_FACTS, *columns])
    for run in runs:
        cells = [safe_cell(getattr(run.data, prefix).get(key, "")) for prefix, key in columns.values()]
        writer.writerow([*(getattr(run.info, fact) for fact in _FACTS), *cells])
    return len(runs)
