"""The Spark ML flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.library import class_name
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.fetched import payload_path
from mlflow.types._libraries import is_frame

_FOLDER = "sparkml"
_DFS = Option(None, "Taken for MLflow's sake and not used: the folder is read and written where it is.")


def _save(model: Any, folder: Path, _options: dict[str, Any]) -> Payload:
    from pyspark.ml import Model, PipelineModel

    if not isinstance(model, Model):
        raise InvalidParameterValue(
            f"`spark_model` is a fitted model of pyspark.ml; got {type(model).__module__}.{type(model).__name__}"
        )
    # Any model is kept as a pipeline, so that one class reads all of them.
    pipeline = model if isinstance(model, PipelineModel) else PipelineModel([model])
    pipeline.write().overwrite().save((folder / _FOLDER).resolve().as_uri())
    return Payload(
        flavor={"model_data": _FOLDER, "model_class": class_name(pipeline)}, pyfunc={"data": _FOLDER}
    )


def _load(folder: Path, settings: dict[str, Any], dfs_tmpdir: str | None = None) -> Any:  # noqa: ARG001 - see `_DFS`
    from pyspark.ml import PipelineModel

    _session()
    return PipelineModel.load(payload_path(folder, settings.get("model_data") or _FOLDER).as_uri())


def _session() -> Any:
    """The session of this process, or a local one."""
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    return active if active is not None else SparkSession.builder.master("local[1]").getOrCreate()


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return lambda data, _params: _predictions(model, data)


def _predictions(model: Any, data: Any) -> list[Any]:
    if not is_frame(data):
        raise InvalidParameterValue(f"A Spark model takes a table; got {type(data).__name__}")
    rows = model.transform(_session().createDataFrame(data)).select("prediction").collect()
    return [row["prediction"] for row in rows]


FLAVOR = Flavor(
    name="spark",
    title="Spark ML",
    library="pyspark",
    package="pyspark",
    packages=("pandas",),
    save=_save,
    load=_load,
    loader_module="mlflow.spark",
    version_key="pyspark_version",
    predictor=_predictor,
    types=("pyspark.ml.base:Model",),
    model_argument="spark_model",
    options={"dfs_tmpdir": _DFS},
    load_options={"dfs_tmpdir": _DFS},
    save_order="model path mlflow_model conda_env code_paths dfs_tmpdir signature input_example pip_requirements "
    "extra_pip_requirements metadata",
    log_order="model artifact_path conda_env code_paths dfs_tmpdir registered_model_name signature input_example "
    "await_registration_for pip_requirements extra_pip_requirements metadata",
    load_order="model_uri dfs_tmpdir dst_path",
)
