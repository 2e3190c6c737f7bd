"""Saving, logging and loading DSPy programs."""

from __future__ import annotations

from mlflow._flavors.module import lazy_flavor

__getattr__, __dir__, __all__ = lazy_flavor(__name__)
