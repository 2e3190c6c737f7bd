"""Any model as a function from a table to predictions, and models of one's own."""

from __future__ import annotations

from mlflow._base.lazy import lazy_module

__getattr__, __dir__, __all__ = lazy_module(
    __name__,
    {
        "ChatAgent": "mlflow.pyfunc.model",
        "ChatModel": "mlflow.pyfunc.model",
        "Context": "mlflow.pyfunc.context",
        "EnvType": "mlflow.pyfunc.loading",
        "FLAVOR_NAME": "mlflow.pyfunc.loading",
        "PyFuncModel": "mlflow.pyfunc.loaded",
        "PythonModel": "mlflow.pyfunc.model",
        "PythonModelContext": "mlflow.pyfunc.model",
        "ResponsesAgent": "mlflow.pyfunc.model",
        "add_to_model": "mlflow.pyfunc.loading",
        "build_model_env": "mlflow.pyfunc.loading",
        "get_default_conda_env": "mlflow.pyfunc.saving",
        "get_default_pip_requirements": "mlflow.pyfunc.saving",
        "get_model_dependencies": "mlflow.pyfunc.loading",
        "load_model": "mlflow.pyfunc.loading",
        "load_pyfunc": "mlflow.pyfunc.loading",
        "log_model": "mlflow.pyfunc.saving",
        "save_model": "mlflow.pyfunc.saving",
        "set_prediction_context": "mlflow.pyfunc.context",
        "spark_udf": "mlflow.pyfunc.spark",
    },
    frozenset({"context", "loaders", "model", "utils"}),
)
