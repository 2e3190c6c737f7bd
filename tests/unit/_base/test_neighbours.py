from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from mlflow._base.neighbours import warn_of_original


@pytest.mark.parametrize("name", ["mlflow-3.17.2", "mlflow_skinny-3.17.2"])
def test_an_original_in_the_same_folder_is_named_with_the_remedy(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.dist-info").mkdir()
    with pytest.warns(
        UserWarning, match=r"3\.17\.2 are installed in the same environment.*pip uninstall -y mlflow"
    ):
        warn_of_original(str(tmp_path / "mlflow" / "__init__.py"))


def test_packages_that_only_work_with_mlflow_are_fine(tmp_path: Path) -> None:
    (tmp_path / "mlflow_oidc_auth-1.0.dist-info").mkdir()
    (tmp_path / "headrace-0.1.0.dist-info").mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_original(str(tmp_path / "mlflow" / "__init__.py"))
        warn_of_original(str(tmp_path / "nowhere" / "mlflow" / "__init__.py"))
