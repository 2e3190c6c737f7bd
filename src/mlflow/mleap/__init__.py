"""MLeap models, which are not supported: MLeap has had no release for current versions of Spark."""

from __future__ import annotations

from typing import Any, NoReturn

from mlflow.exceptions import NotSupported


def _refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
    """Not supported.

    Raises:
        MlflowException: `NOT_IMPLEMENTED`, always.
    """
    raise NotSupported(
        "MLeap models are not supported: MLeap has had no release for current versions of Spark. "
        "Save the Spark pipeline with mlflow.spark, or wrap the model in a mlflow.pyfunc.PythonModel."
    )


save_model = log_model = load_model = _load_pyfunc = _refuse
