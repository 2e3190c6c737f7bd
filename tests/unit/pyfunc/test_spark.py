"""Models as functions of Spark's columns; run where pyspark, pandas and pyarrow are installed, and a Java."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlflow.exceptions import InvalidParameterValue, MissingExtra, MlflowException, NotSupported
from mlflow.models.signature import infer_signature
from mlflow.pyfunc import spark as spark_module
from mlflow.pyfunc.model import PythonModel
from mlflow.pyfunc.predicting import OtherPython
from mlflow.pyfunc.saving import save_model
from mlflow.pyfunc.spark import spark_udf


class Add(PythonModel):
    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return model_input["a"] + model_input["b"] + (params or {}).get("plus", 0)


@pytest.fixture
def saved(tmp_path: Path) -> str:
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    signature = infer_signature(pd.DataFrame({"a": [1.0], "b": [2.0]}), [3.0], params={"plus": 0})
    save_model(tmp_path / "m", python_model=Add(), signature=signature, pip_requirements=["mlflow"])
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    return str(tmp_path / "m")


def test_a_missing_spark_is_told(saved: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql.functions", None)
    with pytest.raises(MissingExtra, match="spark_udf needs the package 'pyspark'"):
        spark_udf(None, saved)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYSPARK_PYTHON", sys.executable)
        session = builder.getOrCreate()
        yield session
        session.stop()


@pytest.fixture
def table(spark: Any) -> Any:
    return spark.createDataFrame(pd.DataFrame({"a": [1.0, 2.0], "b": [10.0, 20.0]}))


def test_columns_are_those_of_the_signature(spark: Any, table: Any, saved: str) -> None:
    from pyspark.sql.functions import struct

    add = spark_udf(spark, saved)
    for column in (add("a", "b"), add(), add(struct("a", "b"))):
        assert [row[0] for row in table.select(column).collect()] == [11.0, 22.0]


def test_parameters_reach_the_model(spark: Any, table: Any, saved: str) -> None:
    add = spark_udf(spark, saved, result_type="float", params={"plus": 100})
    assert [row[0] for row in table.select(add("a", "b")).collect()] == [111.0, 122.0]


class TestOtherEnvironments:
    """The model is asked through a process of its own; its Python is the running one under another name."""

    @pytest.fixture
    def python(self, tmp_path: Path) -> Path:
        """What an environment's interpreter is: another path."""
        python = tmp_path / "python"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        return python

    def test_the_model_predicts_there(
        self, saved: str, python: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(spark_module, "restored_python", lambda folder, manager: python)
        predict = spark_module.predictions_of(Path(saved), {}, {}, "uv")
        frame = pd.DataFrame({"a": [1.0, 2.0], "b": [10.0, 20.0]})
        assert predict(frame, {"plus": 100}) == [111.0, 122.0]
        assert predict(frame, None) == [11.0, 22.0]

    def test_what_goes_wrong_there_is_told(self, saved: str, python: Path, tmp_path: Path) -> None:
        with closing(OtherPython(python, Path(saved))) as other:
            with pytest.raises(MlflowException, match="missing inputs"):
                other.answer('{"dataframe_split": {"columns": ["a"], "data": [[1.0]]}}')
            request = '{"dataframe_split": {"columns": ["a", "b"], "data": [[1.0, 2.0]]}}'
            assert other.answer(request) == '{"predictions": [3.0]}'
        with closing(OtherPython(python, tmp_path / "none")) as other:
            with pytest.raises(MlflowException, match="There is no model at"):
                other.answer(request)

    def test_the_running_one_needs_no_process(self, saved: str) -> None:
        predict = spark_module.predictions_of(Path(saved), {"SAID": "1"}, {}, "local")
        assert list(predict(pd.DataFrame({"a": [1.0], "b": [10.0]}), None)) == [11.0]

    def test_workers_take_it(self, spark: Any, table: Any, saved: str) -> None:
        add = spark_udf(spark, saved, env_manager="virtualenv")  # the running one is what the model asks for
        assert [row[0] for row in table.select(add("a", "b")).collect()] == [11.0, 22.0]


def test_what_is_not_supported_is_told(spark: Any, saved: str, tmp_path: Path) -> None:
    with pytest.raises(NotSupported, match="`prebuilt_env_uri` is not supported"):
        spark_udf(spark, saved, prebuilt_env_uri="dbfs:/env")
    with pytest.raises(InvalidParameterValue, match="one of local, virtualenv, uv, conda"):
        spark_udf(spark, saved, env_manager="poetry")
    save_model(tmp_path / "unnamed", python_model=len, pip_requirements=["mlflow"])
    with pytest.raises(InvalidParameterValue, match="names no columns"):
        spark_udf(spark, str(tmp_path / "unnamed"))()
