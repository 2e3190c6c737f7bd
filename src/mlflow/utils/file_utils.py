"""Where packages for MLflow import the conversion of paths from."""

from __future__ import annotations

from mlflow._base.uri import uri_from_path as path_to_local_file_uri

__all__ = ["path_to_local_file_uri"]
