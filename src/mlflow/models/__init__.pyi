# Written by scripts/generate.py from the table in __init__.py, sorted by name.
# ruff: noqa: I001

from mlflow.models.flavor_backend import FlavorBackend as FlavorBackend
from mlflow.models.model import Model as Model
from mlflow.models.model_config import ModelConfig as ModelConfig
from mlflow.models.example import ModelInputExample as ModelInputExample
from mlflow.models.signature import ModelSignature as ModelSignature
from mlflow.models.resources import Resource as Resource
from mlflow.models.resources import ResourceType as ResourceType
from mlflow.models.libraries import add_libraries_to_model as add_libraries_to_model
from mlflow.models.flavor_backend import build_docker as build_docker
from mlflow.models.example import (
    convert_input_example_to_serving_input as convert_input_example_to_serving_input,
)
from mlflow.models.model import get_model_info as get_model_info
from mlflow._flavors.requirements import infer_pip_requirements as infer_pip_requirements
from mlflow.models.signature import infer_signature as infer_signature
from mlflow.pyfunc.predicting import predict as predict
from mlflow.models.code import set_model as set_model
from mlflow.models.dependencies_schemas import set_retriever_schema as set_retriever_schema
from mlflow.models.signature import set_signature as set_signature
from mlflow.models.changing import update_model_requirements as update_model_requirements
from mlflow.models.enforcement import validate_schema as validate_schema
from mlflow.pyfunc.predicting import validate_serving_input as validate_serving_input

from mlflow.models import auth_policy as auth_policy
from mlflow.models import flavor_backend as flavor_backend
from mlflow.models import model as model
from mlflow.models import model_config as model_config
from mlflow.models import resources as resources
from mlflow.models import signature as signature
