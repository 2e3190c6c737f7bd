# Written by scripts/generate.py from the table in __init__.py, sorted by name.
# ruff: noqa: I001

from mlflow.pyfunc.model import ChatAgent as ChatAgent
from mlflow.pyfunc.model import ChatModel as ChatModel
from mlflow.pyfunc.context import Context as Context
from mlflow.pyfunc.loading import EnvType as EnvType
from mlflow.pyfunc.loading import FLAVOR_NAME as FLAVOR_NAME
from mlflow.pyfunc.loaded import PyFuncModel as PyFuncModel
from mlflow.pyfunc.model import PythonModel as PythonModel
from mlflow.pyfunc.model import PythonModelContext as PythonModelContext
from mlflow.pyfunc.model import ResponsesAgent as ResponsesAgent
from mlflow.pyfunc.loading import add_to_model as add_to_model
from mlflow.pyfunc.loading import build_model_env as build_model_env
from mlflow.pyfunc.saving import get_default_conda_env as get_default_conda_env
from mlflow.pyfunc.saving import get_default_pip_requirements as get_default_pip_requirements
from mlflow.pyfunc.loading import get_model_dependencies as get_model_dependencies
from mlflow.pyfunc.loading import load_model as load_model
from mlflow.pyfunc.loading import load_pyfunc as load_pyfunc
from mlflow.pyfunc.saving import log_model as log_model
from mlflow.pyfunc.saving import save_model as save_model
from mlflow.pyfunc.context import set_prediction_context as set_prediction_context
from mlflow.pyfunc.spark import spark_udf as spark_udf

from mlflow.pyfunc import context as context
from mlflow.pyfunc import loaders as loaders
from mlflow.pyfunc import model as model
from mlflow.pyfunc import utils as utils
