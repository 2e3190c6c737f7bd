"""Limits of searches, by the names that packages for MLflow know."""

from __future__ import annotations

SEARCH_MAX_RESULTS_DEFAULT = 1000
SEARCH_MAX_RESULTS_THRESHOLD = 50_000
GET_METRIC_HISTORY_MAX_RESULTS = 25_000
DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH = "./mlruns"
