from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import mlflow.diviner
import mlflow.pyfunc
from mlflow.exceptions import InvalidParameterValue, PermissionDenied
from tests.flavors.contract import FlavorContract
from tests.flavors.samples import diviner as sample

pytest.importorskip("diviner")
pytestmark = pytest.mark.filterwarnings("default")


class TestDiviner(FlavorContract):
    name = "diviner"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    found = {}
    for name, model in sample.models().items():
        found[name] = str(tmp_path_factory.mktemp(name) / "m")
        mlflow.diviner.save_model(model, found[name], pip_requirements=[])
    return found


@pytest.mark.parametrize("name", ["prophet", "pmdarima"])
def test_some_groups_are_predicted(folders: dict[str, str], name: str) -> None:
    request = pd.DataFrame({"horizon": [2], "frequency": ["D"], "groups": [[("south",)]]})
    found = mlflow.pyfunc.load_model(folders[name]).predict(request)
    assert found["shop"].tolist() == ["south", "south"]


@pytest.mark.parametrize("request_", [pd.DataFrame({"x": [1]}), pd.DataFrame({"horizon": [1, 2]}), [3]])
def test_what_is_no_request_is_refused(folders: dict[str, str], request_: Any) -> None:
    with pytest.raises(InvalidParameterValue, match="a table of one row with the column 'horizon'"):
        mlflow.pyfunc.load_model(folders["prophet"]).predict(request_)


def test_prophet_needs_a_frequency(folders: dict[str, str]) -> None:
    with pytest.raises(InvalidParameterValue, match="needs a column 'frequency'"):
        mlflow.pyfunc.load_model(folders["prophet"]).predict(pd.DataFrame({"horizon": [2]}))


def test_only_pmdarima_is_pickled(folders: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    mlflow.diviner.load_model(folders["prophet"])
    with pytest.raises(PermissionDenied):
        mlflow.diviner.load_model(folders["pmdarima"])
