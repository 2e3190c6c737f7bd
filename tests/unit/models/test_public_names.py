from __future__ import annotations

from importlib import import_module

import pytest


@pytest.mark.parametrize(
    "package", ["mlflow.models", "mlflow.types", "mlflow.data", "mlflow.pyfunc", "mlflow.sklearn"]
)
def test_every_public_name_leads_somewhere(package: str) -> None:
    module = import_module(package)
    assert module.__all__
    assert all(getattr(module, name) is not None for name in module.__all__)
