"""Requirements that only show when a model is loaded, or asked, in a process of its own."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mlflow.exceptions import MlflowException
from mlflow.models.capture import ImportCapture
from mlflow.models.environment import MLFLOW_REQUIREMENT
from mlflow.pyfunc.model import PythonModel
from mlflow.pyfunc.saving import save_model

CLOUDPICKLE = "cloudpickle"


class Late(PythonModel):
    """Imports by a name that nobody can read in its source."""

    def __init__(self, when: str, name: str) -> None:
        self.when = when
        self.name = name

    def load_context(self, context: Any) -> None:
        if self.when == "load":
            importlib.import_module(self.name)

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        if self.when == "predict":
            importlib.import_module(self.name)
        return model_input


@pytest.fixture(autouse=True)
def _by_value() -> Iterator[None]:
    """As in a script: no module has these classes and functions where they are loaded."""
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages: one takes another because it is there, and requires a third."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    install(folder, "lib-taker", "try:\n    import lib_there\nexcept ImportError: pass\n", "lib-needed")
    install(folder, "lib-there", "")
    install(folder, "lib-needed", "")
    install(folder, "lib-lazy", "def use():\n    import lib_there\n")
    return folder


def install(folder: Path, name: str, source: str, *requires: str) -> None:
    module = name.replace("-", "_")
    (folder / f"{module}.py").write_text(source)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "RECORD").write_text(f"{module}.py,,\n")
    lines = [f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {line}" for line in requires)]
    (info / "METADATA").write_text("Metadata-Version: 2.1\n" + "\n".join(lines) + "\n")


def requirements(folder: Path, model: Any, **arguments: Any) -> list[str]:
    save_model(folder, python_model=model, **arguments)
    lines = (folder / "requirements.txt").read_text().splitlines()
    assert lines[0] in (MLFLOW_REQUIREMENT, "mlflow")
    return [line for line in lines[1:] if not line.startswith(CLOUDPICKLE)]


@pytest.mark.parametrize("when", ["load", "predict"])
def test_what_loading_and_predicting_import_is_required(when: str, installed: Path, tmp_path: Path) -> None:
    assert requirements(tmp_path / "m", Late(when, "lib_there"), input_example=["x"]) == ["lib-there==1.0"]


def test_without_an_example_nothing_is_predicted(installed: Path, tmp_path: Path) -> None:
    assert requirements(tmp_path / "m", Late("predict", "lib_there")) == []


def test_what_a_library_takes_because_it_is_there_is_not_required(installed: Path, tmp_path: Path) -> None:
    assert requirements(tmp_path / "m", Late("load", "lib_taker")) == ["lib-taker==1.0"]


def test_what_a_library_requires_itself_is_not_listed_beside_it(installed: Path, tmp_path: Path) -> None:
    def both(model_input: Any) -> Any:
        importlib.import_module("lib_taker")
        importlib.import_module("lib_needed")
        return model_input

    assert requirements(tmp_path / "m", both, input_example=["x"]) == ["lib-taker==1.0"]


def test_what_a_library_imports_when_it_is_used_is_required(installed: Path, tmp_path: Path) -> None:
    def use(model_input: Any) -> Any:
        importlib.import_module("lib_lazy").use()
        return model_input

    found = requirements(tmp_path / "m", use, input_example=["x"])
    assert found == ["lib-lazy==1.0", "lib-there==1.0"]


def test_the_answer_is_remembered_until_the_environment_changes(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Late("load", "lib_there")
    first = requirements(tmp_path / "1", model)
    monkeypatch.setattr(sys, "executable", "/no/such/python")  # no process can be started
    monkeypatch.setattr("mlflow.models.capture._state_of_environment", _state_of(installed, monkeypatch))
    assert requirements(tmp_path / "2", model) == first
    install(installed, "lib-new", "")
    with pytest.raises(FileNotFoundError):
        requirements(tmp_path / "3", model)
    assert not (tmp_path / "3").exists()


def _state_of(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The state of the environment with the interpreter that it has."""
    from mlflow.models import capture

    compute, executable = capture._state_of_environment, sys.executable

    def state() -> str:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "executable", executable)
            return compute()

    state()
    return state


def test_libraries_are_imported_while_the_first_model_is_written(installed: Path, tmp_path: Path) -> None:
    is_imported = tmp_path / "imported"
    install(installed, "lib-told", f"open({str(is_imported)!r}, 'w').close()\n")
    with ImportCapture(["lib_told"]) as capture:
        capture.begin()
        wait_until(is_imported.exists)
        save_model(tmp_path / "m", python_model=Late("load", "lib_there"), pip_requirements=["mlflow"])
        assert {"lib_there"} == {"lib_there", "lib_told"} & set(capture.modules(tmp_path / "m", []))
    is_imported.unlink()
    with ImportCapture(["lib_told"]) as capture:
        capture.begin()
        assert "lib_there" in capture.modules(tmp_path / "m", [])
    assert not is_imported.exists()


def test_a_process_that_was_begun_in_vain_ends(installed: Path, tmp_path: Path) -> None:
    is_imported = tmp_path / "imported"
    told = f"import os\nwith open({str(is_imported)!r}, 'w') as file: file.write(str(os.getpid()))\n"
    install(installed, "lib-told", told)
    with ImportCapture(["lib_told"]) as capture:
        capture.begin()
        wait_until(lambda: is_imported.exists() and bool(is_imported.read_text()))
    with pytest.raises(ProcessLookupError):
        os.kill(int(is_imported.read_text()), 0)


def wait_until(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_model_that_cannot_be_loaded_is_saved_with_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = requirements(tmp_path / "m", Late("load", "no_such_module_at_all"))
    assert found == []
    assert "may not load elsewhere" in caplog.text
    assert "No module named 'no_such_module_at_all'" in caplog.text
    assert "code_paths" in caplog.text


def test_a_model_that_cannot_be_loaded_is_refused_where_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS", "true")
    with pytest.raises(MlflowException, match="no_such_module_at_all"):
        save_model(tmp_path / "m", python_model=Late("load", "no_such_module_at_all"))
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", "0.05")
    assert requirements(tmp_path / "m", Late("load", "lib_there")) == []
    assert "not done after 0.05 seconds" in caplog.text


def test_nothing_is_loaded_where_the_requirements_are_given(tmp_path: Path, caplog: Any) -> None:
    caplog.set_level(logging.WARNING)
    found = requirements(tmp_path / "m", Late("load", "no_such_module_at_all"), pip_requirements=["mlflow"])
    assert found == []
    assert caplog.text == ""
