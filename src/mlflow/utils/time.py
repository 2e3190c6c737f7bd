"""Where packages for MLflow import the time from."""

from __future__ import annotations

from mlflow._base.clock import now_ms as get_current_time_millis

__all__ = ["get_current_time_millis"]
