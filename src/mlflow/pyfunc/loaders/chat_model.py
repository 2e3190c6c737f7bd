"""Loader of models of the kind `ChatModel`, by the name that MLmodel files give it."""

from __future__ import annotations

from mlflow.pyfunc.model import _load_pyfunc

__all__ = ["_load_pyfunc"]
