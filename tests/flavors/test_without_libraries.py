"""Flavors in an environment that has none of their libraries: all but scikit-learn's, in the tests of the core."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import mlflow.pyfunc
from mlflow._flavors.registry import FLAVORS, flavor_module, get_flavor
from mlflow.exceptions import MissingExtra, NotSupported
from mlflow.models.model import Model

NAMES = sorted(set(FLAVORS) - {"python_function"})
MISSING = [name for name in NAMES if find_spec(get_flavor(name).library.partition(".")[0]) is None]


def test_every_flavor_is_an_attribute_without_its_library() -> None:
    libraries = {get_flavor(name).library.partition(".")[0] for name in NAMES}
    code = (
        "import sys, mlflow\n"
        f"for name in {NAMES}: getattr(mlflow, name).save_model, getattr(mlflow, name).load_model\n"
        f"assert not {libraries} & set(sys.modules), sorted({libraries} & set(sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", MISSING)
class TestMissing:
    def test_saving_names_the_flavor_and_the_command(self, name: str, tmp_path: Path) -> None:
        flavor = get_flavor(name)
        with pytest.raises(MissingExtra, match=f"pip install {flavor.package}") as caught:
            flavor_module(flavor).save_model(object(), path=tmp_path / "m", **_required(name))
        assert f"The flavor {name!r}" in caught.value.message
        assert isinstance(caught.value, ImportError)
        assert not (tmp_path / "m").exists()

    def test_loading_does_too_either_way(self, name: str, tmp_path: Path) -> None:
        flavor = get_flavor(name)
        model = Model().add_flavor(name, **{flavor.version_key: "1.0"})
        model.add_flavor("python_function", loader_module=flavor.loader_module)
        model.save(tmp_path / "MLmodel")
        for load in (flavor_module(flavor).load_model, mlflow.pyfunc.load_model):
            with pytest.raises(MissingExtra, match=f"pip install {flavor.package}"):
                load(str(tmp_path))


def _required(name: str) -> dict[str, Any]:
    """Values for the arguments that a flavor's `save_model` has no defaults for."""
    options = get_flavor(name).options.items()
    return {key: "x" for key, option in options if option.default is inspect.Parameter.empty}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("function", ["save_model", "log_model", "load_model"])
def test_every_argument_is_documented(name: str, function: str) -> None:
    made = getattr(flavor_module(get_flavor(name)), function)
    described = inspect.getdoc(made)
    assert described is not None
    for argument in inspect.signature(made).parameters:
        assert f"    {argument}: " in described, argument


@pytest.mark.parametrize("name", ["johnsnowlabs", "mleap"])
def test_what_is_not_supported_says_so(name: str) -> None:
    module = import_module(f"mlflow.{name}")
    for function in (module.save_model, module.log_model, module.load_model):
        with pytest.raises(NotSupported, match=r"are not supported: .*mlflow\.spark"):
            function("model", "path")
