from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlflow.exceptions import InvalidParameterValue, NotSupported, PermissionDenied
from mlflow.models.model import Model
from mlflow.models.signature import infer_signature
from mlflow.pyfunc.loading import load_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext
from mlflow.pyfunc.saving import get_default_conda_env, get_default_pip_requirements, save_model


class Greeting(PythonModel):
    """Greets each name with a word from a file."""

    def load_context(self, context: PythonModelContext) -> None:
        self.word = Path(context.artifacts["word"]).read_text()
        self.mark = context.model_config.get("mark", "!")

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        times = (params or {}).get("times", 1)
        return [f"{self.word} {name}" + self.mark * times for name in model_input[0]]


class WithoutContext(PythonModel):
    def predict(self, model_input: Any) -> Any:
        return [len(model_input)]

    def predict_stream(self, context: Any, model_input: Any, params: Any = None) -> Iterator[Any]:
        yield from model_input


def test_a_model_finds_its_artifacts_and_configuration(tmp_path: Path) -> None:
    (tmp_path / "word.txt").write_text("Hello")
    save_model(
        tmp_path / "m",
        python_model=Greeting(),
        artifacts={"word": str(tmp_path / "word.txt")},
        model_config={"mark": "?"},
        signature=infer_signature(["x"], params={"times": 1}),
    )
    (tmp_path / "word.txt").unlink()
    loaded = load_model(tmp_path / "m")
    assert loaded.predict(["Ann"], params={"times": 2}) == ["Hello Ann??"]
    assert load_model(tmp_path / "m", model_config={"mark": "."}).predict(["Ann"]) == ["Hello Ann."]
    assert isinstance(loaded.unwrap_python_model(), Greeting)
    settings = Model.load(tmp_path / "m").flavors["python_function"]
    assert settings["loader_module"] == "mlflow.pyfunc.model"
    assert settings["artifacts"]["word"]["path"] == "artifacts/word.txt"
    assert settings["streamable"] is False
    assert Model.load(tmp_path / "m").flavors.keys() == {"python_function"}


def test_artifacts_of_the_same_file_name_are_kept_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.txt").write_text(name)
    artifacts = {name: str(tmp_path / name / "data.txt") for name in ("a", "b")}
    save_model(tmp_path / "m", python_model=WithoutContext(), artifacts=artifacts)
    saved = Model.load(tmp_path / "m").flavors["python_function"]["artifacts"]
    assert [(tmp_path / "m" / saved[name]["path"]).read_text() for name in ("a", "b")] == ["a", "b"]


def test_the_context_may_be_left_out(tmp_path: Path) -> None:
    save_model(tmp_path / "m", python_model=WithoutContext(), input_example=["x", "y"])
    loaded = load_model(tmp_path / "m")
    assert loaded.predict(["x", "y", "z"]) == [3]
    assert loaded.metadata.signature is not None
    assert Model.load(tmp_path / "m").flavors["python_function"]["streamable"] is True


def test_a_function_is_a_model(tmp_path: Path) -> None:
    save_model(tmp_path / "m", python_model=lambda model_input: [len(model_input)])
    assert load_model(tmp_path / "m").predict(["x", "y"]) == [2]
    lines = (tmp_path / "m" / "requirements.txt").read_text().splitlines()
    assert lines[0].startswith("mlflow==")
    assert any(line.startswith("cloudpickle==") for line in lines)


def test_a_loader_module_stands_in_for_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "weights.txt").write_text("42")
    (tmp_path / "my_own_loader.py").write_text(
        "from pathlib import Path\n"
        "class Constant:\n"
        "    def __init__(self, path): self.value = int(Path(path).read_text())\n"
        "    def predict(self, data): return self.value\n"
        "def _load_pyfunc(path): return Constant(path)\n"
    )
    save_model(tmp_path / "m", loader_module="my_own_loader", data_path=str(tmp_path / "weights.txt"))
    assert load_model(tmp_path / "m").predict(None) == 42


def test_pickles_are_not_read_where_they_are_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_model(tmp_path / "m", python_model=WithoutContext())
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pytest.raises(PermissionDenied, match="Python model"):
        load_model(tmp_path / "m")


class WithoutPredict(PythonModel):
    pass


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, InvalidParameterValue, "Pass either"),
        ({"python_model": WithoutContext(), "loader_module": "x"}, InvalidParameterValue, "Pass either"),
        ({"python_model": WithoutContext}, InvalidParameterValue, "not its class"),
        ({"python_model": 3}, InvalidParameterValue, "got 3"),
        ({"python_model": WithoutPredict()}, InvalidParameterValue, "defines no `predict`"),
        ({"python_model": "model.py"}, InvalidParameterValue, "does not exist"),
        (
            {"python_model": WithoutContext(), "infer_code_paths": True, "code_paths": ["x.py"]},
            InvalidParameterValue,
            "'code_paths' cannot be set",
        ),
        ({"python_model": WithoutContext(), "uv_groups": ["x"]}, InvalidParameterValue, "uv_project_path"),
        ({"python_model": WithoutContext(), "zzz": 1}, TypeError, "zzz"),
    ],
)
def test_wrong_arguments_are_refused(
    arguments: dict[str, Any], error: type[Exception], message: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=message):
        save_model(tmp_path / "m", **arguments)
    assert not (tmp_path / "m").exists()


def test_a_model_that_defines_too_little_says_so() -> None:
    with pytest.raises(NotSupported, match="WithoutPredict defines no `predict`"):
        WithoutPredict().predict(None, None)
    with pytest.raises(NotSupported, match="no `predict_stream`"):
        WithoutPredict().predict_stream(None, None)


def test_default_environments_name_cloudpickle() -> None:
    assert [line.partition("==")[0] for line in get_default_pip_requirements()] == ["cloudpickle"]
    assert get_default_conda_env()["channels"] == ["conda-forge"]


def test_code_of_ones_own_is_found_and_travels(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "own_package").mkdir(parents=True)
    (root / "own_package" / "__init__.py").write_text("")
    (root / "own_package" / "models.py").write_text(
        "import mlflow.pyfunc\nfrom own_package import numbers\nimport own_helper\n"
        "class Model(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, context, model_input):\n"
        "        return [numbers.ONE + own_helper.TWO]\n"
    )
    (root / "own_package" / "numbers.py").write_text("ONE = 1\n")
    (root / "own_helper.py").write_text("TWO = 2\n")
    (root / "unused.py").write_text("")
    script = (
        "import sys, mlflow; sys.path.insert(0, '.'); from own_package.models import Model; "
        "mlflow.pyfunc.save_model('../m', python_model=Model(), infer_code_paths=True, pip_requirements=['mlflow'])"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=root, check=True)
    assert sorted(path.name for path in (tmp_path / "m" / "code").iterdir()) == [
        "own_helper.py",
        "own_package",
    ]
    load = "import mlflow; print(mlflow.pyfunc.load_model('m').predict(['a']))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", load], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[3]"
