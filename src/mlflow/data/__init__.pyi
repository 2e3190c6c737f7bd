# Written by scripts/generate.py from the table in __init__.py, sorted by name.
# ruff: noqa: I001

from mlflow.data.dataset import Dataset as Dataset
from mlflow.data.dataset_source import DatasetSource as DatasetSource
from mlflow.data.numpy_dataset import from_numpy as from_numpy
from mlflow.data.pandas_dataset import from_pandas as from_pandas
from mlflow.data.dataset_source_registry import get_dataset_source_from_json as get_dataset_source_from_json
from mlflow.data.dataset_source_registry import get_registered_sources as get_registered_sources
from mlflow.data.dataset_source_registry import get_source as get_source
from mlflow.data.dataset_source_registry import register_source as register_source
from mlflow.data.dataset_source_registry import resolve_dataset_source as resolve_dataset_source

from mlflow.data import artifact_dataset_sources as artifact_dataset_sources
from mlflow.data import code_dataset_source as code_dataset_source
from mlflow.data import dataset as dataset
from mlflow.data import dataset_source as dataset_source
from mlflow.data import http_dataset_source as http_dataset_source
from mlflow.data import numpy_dataset as numpy_dataset
from mlflow.data import pandas_dataset as pandas_dataset
