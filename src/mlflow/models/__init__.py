"""The model folder: its MLmodel file, signature, example and environment."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "Model": "mlflow.models.model",
        "ModelInputExample": "mlflow.models.example",
        "ModelSignature": "mlflow.models.signature",
        "convert_input_example_to_serving_input": "mlflow.models.example",
        "get_model_info": "mlflow.models.model",
        "infer_signature": "mlflow.models.signature",
        "set_signature": "mlflow.models.signature",
        "validate_schema": "mlflow.models.enforcement",
    },
    frozenset({"model", "signature"}),
)
