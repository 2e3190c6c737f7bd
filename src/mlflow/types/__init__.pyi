# Written by scripts/generate.py from the table in __init__.py, sorted by name.
# ruff: noqa: I001

from mlflow.types.schema import ColSpec as ColSpec
from mlflow.types.schema import DataType as DataType
from mlflow.types.schema import ParamSchema as ParamSchema
from mlflow.types.schema import ParamSpec as ParamSpec
from mlflow.types.schema import Schema as Schema
from mlflow.types.schema import TensorSpec as TensorSpec

from mlflow.types import agent as agent
from mlflow.types import chat as chat
from mlflow.types import inference as inference
from mlflow.types import llm as llm
from mlflow.types import responses as responses
from mlflow.types import schema as schema
from mlflow.types import type_hints as type_hints
