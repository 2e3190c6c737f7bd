"""Where packages for MLflow import the lists of searches from."""

from __future__ import annotations

from mlflow._storage.interface.pages import Page as PagedList

__all__ = ["PagedList"]
