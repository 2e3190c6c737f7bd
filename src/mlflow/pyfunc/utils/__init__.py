"""The decorator for functions that are models, where MLflow has it."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {"pyfunc": "mlflow.pyfunc.utils.data_validation"},
    frozenset({"data_validation"}),
)
