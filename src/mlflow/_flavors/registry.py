"""Which flavors there are, and which one a model is for.

A new flavor is a row here and a folder with its declaration.
"""

from __future__ import annotations

from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from mlflow._flavors.declaration import Flavor
from mlflow.exceptions import InvalidParameterValue

FLAVORS: dict[str, str] = {
    "python_function": "mlflow.pyfunc.saving:PYTHON_MODEL",
    "catboost": "mlflow.catboost._flavor:FLAVOR",
    "diviner": "mlflow.diviner._flavor:FLAVOR",
    "dspy": "mlflow.dspy._flavor:FLAVOR",
    "h2o": "mlflow.h2o._flavor:FLAVOR",
    "keras": "mlflow.keras._flavor:FLAVOR",
    "langchain": "mlflow.langchain._flavor:FLAVOR",
    "lightgbm": "mlflow.lightgbm._flavor:FLAVOR",
    "llama_index": "mlflow.llama_index._flavor:FLAVOR",
    "onnx": "mlflow.onnx._flavor:FLAVOR",
    "openai": "mlflow.openai._flavor:FLAVOR",
    "paddle": "mlflow.paddle._flavor:FLAVOR",
    "pmdarima": "mlflow.pmdarima._flavor:FLAVOR",
    "prophet": "mlflow.prophet._flavor:FLAVOR",
    "pytorch": "mlflow.pytorch._flavor:FLAVOR",
    "sentence_transformers": "mlflow.sentence_transformers._flavor:FLAVOR",
    "shap": "mlflow.shap._flavor:FLAVOR",
    "sklearn": "mlflow.sklearn._flavor:FLAVOR",
    "spacy": "mlflow.spacy._flavor:FLAVOR",
    "spark": "mlflow.spark._flavor:FLAVOR",
    "statsmodels": "mlflow.statsmodels._flavor:FLAVOR",
    "tensorflow": "mlflow.tensorflow._flavor:FLAVOR",
    "transformers": "mlflow.transformers._flavor:FLAVOR",
    "xgboost": "mlflow.xgboost._flavor:FLAVOR",
}
"""Name of each flavor, and where its declaration is.

The module without its last part is the public one, with `save_model`, `log_model` and `load_model`.
"""


def get_flavor(name: str) -> Flavor:
    """The flavor of this name.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: there is none; the message names those there are.
    """
    target = FLAVORS.get(name)
    if target is None:
        raise InvalidParameterValue(f"There is no flavor {name!r}; there are {sorted(FLAVORS)}")
    module, _, attribute = target.partition(":")
    flavor: Flavor = getattr(import_module(module), attribute)
    return flavor


def find_flavor(obj: Any) -> Flavor | None:
    """The flavor for an object: the one for the nearest of its classes; `None` when there is none."""
    flavors = [get_flavor(name) for name in FLAVORS]
    if isinstance(obj, FunctionType):
        return get_flavor("python_function")
    for cls in type(obj).__mro__:
        name = f"{cls.__module__}:{cls.__qualname__}"
        for flavor in flavors:
            if name in flavor.types:
                return flavor
    return None


def flavor_module(flavor: Flavor) -> ModuleType:
    """The public module of a flavor, such as `mlflow.sklearn`."""
    return import_module(FLAVORS[flavor.name].partition(":")[0].rpartition(".")[0])
