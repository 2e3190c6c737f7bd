"""Datasets: what a run was trained on, by reference, digest, schema and profile."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "Dataset": "mlflow.data.dataset",
        "DatasetSource": "mlflow.data.dataset_source",
        "from_numpy": "mlflow.data.numpy_dataset",
        "from_pandas": "mlflow.data.pandas_dataset",
        "get_dataset_source_from_json": "mlflow.data.dataset_source_registry",
        "get_registered_sources": "mlflow.data.dataset_source_registry",
        "get_source": "mlflow.data.dataset_source_registry",
        "register_source": "mlflow.data.dataset_source_registry",
        "resolve_dataset_source": "mlflow.data.dataset_source_registry",
    },
    frozenset(
        {
            "artifact_dataset_sources",
            "code_dataset_source",
            "dataset",
            "dataset_source",
            "http_dataset_source",
            "numpy_dataset",
            "pandas_dataset",
        }
    ),
)
