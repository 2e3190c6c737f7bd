"""Saving, logging and loading scikit-learn models."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "FLAVOR_NAME": "mlflow.sklearn._flavor",
        "SERIALIZATION_FORMAT_CLOUDPICKLE": "mlflow.sklearn._formats:CLOUDPICKLE",
        "SERIALIZATION_FORMAT_PICKLE": "mlflow.sklearn._formats:PICKLE",
        "SERIALIZATION_FORMAT_SKOPS": "mlflow.sklearn._formats:SKOPS",
        "SUPPORTED_SERIALIZATION_FORMATS": "mlflow.sklearn._formats:FORMATS",
        "_load_pyfunc": "mlflow.sklearn._predictor:load_pyfunc",
        "get_default_conda_env": "mlflow.sklearn._functions",
        "get_default_pip_requirements": "mlflow.sklearn._functions",
        "load_model": "mlflow.sklearn._functions",
        "log_model": "mlflow.sklearn._functions",
        "save_model": "mlflow.sklearn._functions",
    },
)
