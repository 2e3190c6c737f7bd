"""John Snow Labs models, which are not supported: its library is sold with a licence, so that the flavor could not be tested."""

from __future__ import annotations

from typing import Any, NoReturn

from mlflow.exceptions import NotSupported


def _refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
    """Not supported.

    Raises:
        MlflowException: `NOT_IMPLEMENTED`, always.
    """
    raise NotSupported(
        "John Snow Labs models are not supported: its library is sold with a licence, so that the flavor could not be tested. "
        "Save the Spark pipeline with mlflow.spark, or wrap the model in a mlflow.pyfunc.PythonModel."
    )


save_model = log_model = load_model = _load_pyfunc = _refuse
