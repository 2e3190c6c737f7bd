"""The names that users import, and where they come from."""

from __future__ import annotations

import inspect
from importlib import import_module
from importlib.util import find_spec

import pytest
from scripts.stubs import PACKAGES, stub_path, stub_text

import mlflow

NAMES: dict[str, str] = vars(mlflow)["_NAMES"]
SUBMODULES: frozenset[str] = vars(mlflow)["_SUBMODULES"]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_of_the_table_is_there(name: str) -> None:
    value = getattr(mlflow, name)
    assert callable(value)
    assert inspect.getdoc(value), f"mlflow.{name} has no docstring"


@pytest.mark.parametrize("name", sorted(SUBMODULES))
def test_every_submodule_is_an_attribute(name: str) -> None:
    assert getattr(mlflow, name) is import_module(f"mlflow.{name}")


def test_names_are_listed() -> None:
    listed = {name for name in dir(mlflow) if not name.startswith("__")}
    assert listed == {*NAMES, *SUBMODULES}
    assert "__version__" in dir(mlflow)
    assert sorted(NAMES) == mlflow.__all__  # type: ignore[attr-defined]  # lazy


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mlflow' has no attribute 'nope'"):
        _ = mlflow.nope  # type: ignore[attr-defined]  # refused


def test_the_version_is_that_of_the_api() -> None:
    assert mlflow.__version__.startswith("3.17.2+headrace.")


@pytest.mark.parametrize("package", PACKAGES)
def test_stubs_say_what_the_tables_say(package: str) -> None:
    assert stub_path(package).read_text() == stub_text(package), "run: make generate"


@pytest.mark.parametrize(
    "module",
    [
        "mlflow.protos.databricks_pb2",
        "mlflow.store.entities.paged_list",
        "mlflow.store.tracking",
        "mlflow.tracking._tracking_service.utils",
        "mlflow.tracking.artifact_utils",
        "mlflow.tracking.context.registry",
        "mlflow.tracking.fluent",
        "mlflow.utils.file_utils",
        "mlflow.utils.mlflow_tags",
        "mlflow.utils.time",
        "mlflow.utils.validation",
    ],
)
def test_modules_that_other_packages_import_are_there(module: str) -> None:
    assert find_spec(module) is not None
    import_module(module)


def test_fluent_names_are_reached_through_the_older_module() -> None:
    fluent = import_module("mlflow.tracking.fluent")
    assert fluent.start_run is mlflow.start_run
    assert callable(fluent._get_experiment_id)
