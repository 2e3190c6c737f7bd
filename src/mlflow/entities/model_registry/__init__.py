"""Values of the model registry."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

_PACKAGE = "mlflow.entities.model_registry"

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "ModelVersion": f"{_PACKAGE}.model_version",
        "ModelVersionTag": f"{_PACKAGE}.tag",
        "RegisteredModel": f"{_PACKAGE}.registered_model",
        "RegisteredModelAlias": f"{_PACKAGE}.registered_model_alias",
        "RegisteredModelTag": f"{_PACKAGE}.tag",
    },
)
