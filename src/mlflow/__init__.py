"""Headrace: the whole machine-learning lifecycle, by the names that MLflow's users know.

Importing this loads next to nothing; every name is loaded from the module that defines it when it is first used.
"""

from __future__ import annotations

from mlflow._base.lazy import lazy_module
from mlflow._base.neighbours import warn_of_original
from mlflow.version import VERSION

__version__ = VERSION

warn_of_original(__file__)

_RUNS = "mlflow.tracking.fluent.runs"
_EXPERIMENTS = "mlflow.tracking.fluent.experiments"
_ARTIFACTS = "mlflow.tracking.fluent.artifacts"
_INPUTS = "mlflow.tracking.fluent.inputs"
_MODELS = "mlflow.tracking.fluent.logged_models"
_METRICS = "mlflow.tracking.fluent.metrics"
_PARAMS = "mlflow.tracking.fluent.params"
_TAGS = "mlflow.tracking.fluent.tags"
_REGISTRY = "mlflow.tracking.fluent.registered_models"
_BACKGROUND = "mlflow.tracking.background"
_URIS = "mlflow._session.uris"

_NAMES = {
    "ActiveModel": _MODELS,
    "ActiveRun": _RUNS,
    "Image": "mlflow.tracking.multimedia",
    "MlflowClient": "mlflow.tracking.client",
    "MlflowException": "mlflow.exceptions",
    "RunOperations": "mlflow.tracking.queue",
    "active_run": _RUNS,
    "clear_active_model": _MODELS,
    "create_experiment": _EXPERIMENTS,
    "create_external_model": _MODELS,
    "decision": "mlflow.tracking.fluent.decisions",
    "delete_experiment": _EXPERIMENTS,
    "delete_experiment_tag": _EXPERIMENTS,
    "delete_logged_model_tag": _MODELS,
    "delete_run": _RUNS,
    "delete_tag": _TAGS,
    "end_run": _RUNS,
    "finalize_logged_model": _MODELS,
    "flush_artifact_async_logging": _BACKGROUND,
    "flush_async_logging": _BACKGROUND,
    "get_active_model_id": _MODELS,
    "get_artifact_uri": _ARTIFACTS,
    "get_experiment": _EXPERIMENTS,
    "get_experiment_by_name": _EXPERIMENTS,
    "get_logged_model": _MODELS,
    "get_parent_run": _RUNS,
    "get_registry_uri": _URIS,
    "get_run": _RUNS,
    "get_tracking_uri": _URIS,
    "import_checkpoints": "mlflow.tracking.fluent.checkpoints",
    "initialize_logged_model": _MODELS,
    "is_tracking_uri_set": _URIS,
    "last_active_run": _RUNS,
    "last_logged_model": _MODELS,
    "list_experiments": _EXPERIMENTS,
    "list_run_infos": _RUNS,
    "load_table": _ARTIFACTS,
    "log_artifact": _ARTIFACTS,
    "log_artifacts": _ARTIFACTS,
    "log_dict": _ARTIFACTS,
    "log_figure": _ARTIFACTS,
    "log_image": _ARTIFACTS,
    "log_input": _INPUTS,
    "log_inputs": _INPUTS,
    "log_metric": _METRICS,
    "log_metrics": _METRICS,
    "log_model": "mlflow._flavors.log",
    "log_model_params": _MODELS,
    "log_outputs": _INPUTS,
    "log_param": _PARAMS,
    "log_params": _PARAMS,
    "log_stream": _ARTIFACTS,
    "log_table": _ARTIFACTS,
    "log_text": _ARTIFACTS,
    "move_runs": _RUNS,
    "register_model": _REGISTRY,
    "restore_experiment": _EXPERIMENTS,
    "restore_run": _RUNS,
    "search_experiments": _EXPERIMENTS,
    "search_logged_models": _MODELS,
    "search_model_versions": _REGISTRY,
    "search_registered_models": _REGISTRY,
    "search_runs": _RUNS,
    "set_active_model": _MODELS,
    "set_experiment": _EXPERIMENTS,
    "set_experiment_tag": _EXPERIMENTS,
    "set_experiment_tags": _EXPERIMENTS,
    "set_logged_model_tags": _MODELS,
    "set_model_version_tag": _REGISTRY,
    "set_registry_uri": _URIS,
    "set_tag": _TAGS,
    "set_tags": _TAGS,
    "set_tracking_uri": _URIS,
    "start_run": _RUNS,
    "status": _BACKGROUND,
}

_SUBMODULES = frozenset(
    {
        "artifacts",
        "catboost",
        "client",
        "config",
        "data",
        "diviner",
        "dspy",
        "entities",
        "environment_variables",
        "exceptions",
        "h2o",
        "johnsnowlabs",
        "keras",
        "langchain",
        "lightgbm",
        "llama_index",
        "mleap",
        "models",
        "onnx",
        "openai",
        "paddle",
        "pmdarima",
        "prophet",
        "protos",
        "pyfunc",
        "pytorch",
        "sentence_transformers",
        "shap",
        "sklearn",
        "spacy",
        "spark",
        "statsmodels",
        "store",
        "tensorflow",
        "tracking",
        "transformers",
        "types",
        "utils",
        "version",
        "xgboost",
    }
)

__getattr__, __dir__, __all__ = lazy_module(__name__, _NAMES, _SUBMODULES)
