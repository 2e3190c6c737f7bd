"""The model folder: its MLmodel file, signature, example and environment."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "FlavorBackend": "mlflow.models.flavor_backend",
        "Model": "mlflow.models.model",
        "ModelConfig": "mlflow.models.model_config",
        "ModelInputExample": "mlflow.models.example",
        "ModelSignature": "mlflow.models.signature",
        "Resource": "mlflow.models.resources",
        "ResourceType": "mlflow.models.resources",
        "add_libraries_to_model": "mlflow.models.libraries",
        "build_docker": "mlflow.models.flavor_backend",
        "convert_input_example_to_serving_input": "mlflow.models.example",
        "get_model_info": "mlflow.models.model",
        "infer_pip_requirements": "mlflow._flavors.requirements",
        "infer_signature": "mlflow.models.signature",
        "predict": "mlflow.pyfunc.predicting",
        "set_model": "mlflow.models.code",
        "set_retriever_schema": "mlflow.models.dependencies_schemas",
        "set_signature": "mlflow.models.signature",
        "update_model_requirements": "mlflow.models.changing",
        "validate_schema": "mlflow.models.enforcement",
        "validate_serving_input": "mlflow.pyfunc.predicting",
    },
    frozenset({"auth_policy", "flavor_backend", "model", "model_config", "resources", "signature"}),
)
