"""Modules that packages for MLflow import from here."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(__name__, {}, frozenset({"databricks_pb2"}))
