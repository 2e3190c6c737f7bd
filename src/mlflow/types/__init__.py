"""What models take and give: columns, tensors and parameters."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "ColSpec": "mlflow.types.schema",
        "DataType": "mlflow.types.schema",
        "ParamSchema": "mlflow.types.schema",
        "ParamSpec": "mlflow.types.schema",
        "Schema": "mlflow.types.schema",
        "TensorSpec": "mlflow.types.schema",
    },
    frozenset({"agent", "chat", "inference", "llm", "responses", "schema", "type_hints"}),
)
