"""Saving, logging and loading SHAP explainers."""

from __future__ import annotations

from mlflow._flavors.module import lazy_flavor

__getattr__, __dir__, __all__ = lazy_flavor(
    __name__,
    aliases={"save_explainer": "save_model", "log_explainer": "log_model", "load_explainer": "load_model"},
)
