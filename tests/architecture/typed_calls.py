"""What type checkers know of names that are made or loaded when they are first used; `make check` reads it.

Nothing runs this. An `ignore` below that is not needed is an error of the type checker: the wrong call was not seen.
"""

from __future__ import annotations

from typing import assert_type

import numpy

import mlflow


def calls(model: object) -> None:
    assert_type(mlflow.xgboost.log_model(model, name="m").model_uri, str)
    assert_type(mlflow.pytorch.get_default_pip_requirements(), list[str])
    mlflow.openai.save_model("gpt", "embeddings", "folder", dimensions=8)
    mlflow.shap.log_explainer(model, "explainer", serialize_model_using_mlflow=False)
    assert_type(mlflow.pyfunc.load_model("folder").model_id, str | None)
    assert_type(mlflow.models.infer_signature([1]).inputs, mlflow.types.Schema | None)
    assert_type(mlflow.data.from_numpy(numpy.zeros(1)).name, str)

    mlflow.xgboost.log_model(model, unknown="x")  # type: ignore[call-arg]
    mlflow.sklearn.save_model(model, 3)  # type: ignore[arg-type]
    mlflow.dspy.save_model(dspy_model=model, path="folder")  # type: ignore[call-arg]
    mlflow.spark.load_modle("folder")  # type: ignore[attr-defined]
    mlflow.pyfunc.load_model(3)  # type: ignore[arg-type]
    mlflow.models.set_signature("models:/m-1")  # type: ignore[call-arg]
    mlflow.types.ColSpec("long", 3)  # type: ignore[arg-type]


class Model(mlflow.pyfunc.PythonModel):
    """Its base is known, so that what it overrides is compared."""

    def load_context(self) -> None:  # type: ignore[override]
        return
