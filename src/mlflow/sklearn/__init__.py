"""Saving, logging and loading scikit-learn models."""

from __future__ import annotations

from mlflow._flavors.module import lazy_flavor

__getattr__, __dir__, __all__ = lazy_flavor(
    __name__,
    {
        "SERIALIZATION_FORMAT_CLOUDPICKLE": "mlflow._flavors.formats:CLOUDPICKLE",
        "SERIALIZATION_FORMAT_PICKLE": "mlflow._flavors.formats:PICKLE",
        "SERIALIZATION_FORMAT_SKOPS": "mlflow._flavors.formats:SKOPS",
        "SUPPORTED_SERIALIZATION_FORMATS": "mlflow._flavors.formats:FORMATS",
    },
)
