"""A saved model as a function of Spark's columns."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlflow._flavors.declaration import Predict
from mlflow.exceptions import InvalidParameterValue, MissingExtra, NotSupported
from mlflow.models.example import convert_input_example_to_serving_input
from mlflow.models.fetched import ModelFolder, new_folder
from mlflow.models.location import resolve_model_path
from mlflow.models.model import Model
from mlflow.models.model_config import read_config
from mlflow.models.restoring import MANAGERS, restored_python
from mlflow.pyfunc.loading import load_model
from mlflow.pyfunc.predicting import OtherPython
from mlflow.types.schema import AnyType, ColSpec, Schema

if TYPE_CHECKING:
    import pandas


def spark_udf(
    spark: Any,
    model_uri: str,
    result_type: Any = None,
    env_manager: str | None = None,
    params: dict[str, Any] | None = None,
    extra_env: dict[str, str] | None = None,
    prebuilt_env_uri: str | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
) -> Callable[..., Any]:
    """A function of Spark that predicts with a model. Needs pyspark, pandas and pyarrow.

    The files of the model are sent to the workers, each of which loads it once.

    Args:
        spark: The Spark session.
        model_uri: A path, or a `models:`, `runs:` or other artifact URI.
        result_type: Type of a prediction: a type of Spark, or its name such as `double` or `array<double>`; by
            default the type of the only output of the model's signature, else `double`.
        env_manager: `local` for the environment that the workers run in; `virtualenv`, `uv` or `conda` for the one
            that the model was saved with, which each worker builds once where its own is another, and asks through a
            process of it.
        params: Parameters of the model.
        extra_env: Environment variables that are set where the model is loaded.
        prebuilt_env_uri: Not supported.
        model_config: Configuration that overrides the saved one: a dictionary, or the path of a YAML file.

    Returns:
        A function that takes columns: those of the signature in its order, or one struct; called without any, it
        takes the columns that the signature names.

    Raises:
        MissingExtra: pyspark is not installed.
        MlflowException: There is no model, or another environment is asked for.

    Example:
        `frame.withColumn("prediction", mlflow.pyfunc.spark_udf(spark, uri)("x", "y"))`
    """
    try:
        from pyspark.sql.functions import PandasUDFType, col, pandas_udf
    except ImportError as error:
        package = (error.name or "pyspark").partition(".")[0]
        raise MissingExtra("mlflow.pyfunc.spark_udf", package) from error
    if prebuilt_env_uri is not None:
        raise NotSupported(
            "`prebuilt_env_uri` is not supported. With `env_manager='virtualenv'` the workers build the environment "
            "themselves, once for all models with the same requirements"
        )
    manager = env_manager or "local"
    if manager not in MANAGERS:
        raise InvalidParameterValue(f"Invalid env_manager {manager!r}: it is one of {', '.join(MANAGERS)}")
    folder = resolve_model_path(model_uri)
    schema = Model.load(folder).get_input_schema()
    names = [str(name) for name in schema.input_names()] if schema and schema.has_input_names() else None
    wanted = result_type if result_type is not None else _result_type(Model.load(folder).get_output_schema())
    config, variables = read_config(model_config), dict(extra_env or {})
    sent = _send(spark, folder)

    # Without hints, because Spark reads them and cannot resolve these.
    def predict(batches):  # type: ignore[no-untyped-def]  # Spark reads its hints
        ask = _loaded(sent, variables, config, manager)
        for batch in batches:
            columns = batch if isinstance(batch, tuple) else (batch,)
            yield _series(ask(_frame(columns, names), params))

    function = pandas_udf(predict, wanted, PandasUDFType.SCALAR_ITER)

    def called(*columns: Any) -> Any:
        if not columns and names is None:
            raise InvalidParameterValue("The model's signature names no columns, so they have to be passed")
        return function(*(columns or [col(name) for name in names or ()]))

    return called


def _send(spark: Any, folder: Path) -> str:
    """Sends the files of a model to the workers; the name that they have there, which no other model has."""
    own = new_folder()
    ModelFolder(own, own).keep()
    target = own / f"{own.name}-files"
    shutil.copytree(folder, target)
    spark.sparkContext.addFile(str(target), recursive=True)
    return target.name


_models: dict[str, Predict] = {}


def _loaded(sent: str, variables: dict[str, str], config: dict[str, Any], manager: str) -> Predict:
    """What predicts with the model, made once in each process of a worker."""
    from pyspark import SparkFiles

    key = repr((sent, variables, config, manager))
    if key not in _models:
        _models[key] = predictions_of(Path(SparkFiles.get(sent)), variables, config, manager)
    return _models[key]


def predictions_of(folder: Path, variables: dict[str, str], config: dict[str, Any], manager: str) -> Predict:
    """What predicts with the model of a folder, here or in the environment that it was saved with."""
    python = restored_python(folder, manager)
    if python == Path(sys.executable):
        os.environ.update(variables)
        return load_model(folder, suppress_warnings=True, model_config=config).predict
    other = OtherPython(python, folder, variables, config)

    def predict(frame: Any, params: dict[str, Any] | None) -> Any:
        body = convert_input_example_to_serving_input((frame, params or {}))
        return json.loads(other.answer(body or ""))["predictions"]

    return predict


def _frame(columns: tuple[Any, ...], names: list[str] | None) -> pandas.DataFrame:
    import pandas

    if len(columns) == 1 and isinstance(columns[0], pandas.DataFrame):
        return columns[0]
    if names is not None and len(columns) > len(names):
        raise InvalidParameterValue(f"The model takes the columns {names}, and got {len(columns)}")
    titles = names[: len(columns)] if names is not None else [str(at) for at in range(len(columns))]
    renamed = [column.rename(title) for column, title in zip(columns, titles, strict=True)]
    frame: pandas.DataFrame = pandas.concat(renamed, axis=1)
    return frame


def _series(predictions: Any) -> Any:
    import pandas

    if isinstance(predictions, pandas.DataFrame):
        return (
            predictions.iloc[:, 0]
            if len(predictions.columns) == 1
            else pandas.Series(predictions.to_numpy().tolist())
        )
    if isinstance(predictions, pandas.Series):
        return predictions
    return pandas.Series([item.tolist() if hasattr(item, "tolist") else item for item in predictions])


def _result_type(outputs: Schema | None) -> Any:
    specs = list(outputs) if outputs is not None else []
    if len(specs) == 1 and isinstance(specs[0], ColSpec) and not isinstance(specs[0].type, AnyType):
        return Schema([ColSpec(specs[0].type)]).as_spark_schema()
    return "double"
