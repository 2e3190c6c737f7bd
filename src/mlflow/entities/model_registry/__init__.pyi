# Written by scripts/generate.py from the table in __init__.py, sorted by name.
# ruff: noqa: I001

from mlflow.entities.model_registry.model_version import ModelVersion as ModelVersion
from mlflow.entities.model_registry.tag import ModelVersionTag as ModelVersionTag
from mlflow.entities.model_registry.registered_model import RegisteredModel as RegisteredModel
from mlflow.entities.model_registry.registered_model_alias import RegisteredModelAlias as RegisteredModelAlias
from mlflow.entities.model_registry.tag import RegisteredModelTag as RegisteredModelTag
