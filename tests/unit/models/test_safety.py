"""What is not trusted is not run: pickles where they are forbidden, files that changed, folders that others can open."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from sklearn.linear_model import LinearRegression

import mlflow
import mlflow.sklearn
from mlflow.cli import cli
from mlflow.exceptions import DataLoss, MlflowException, PermissionDenied
from mlflow.models.fetched import new_folder
from mlflow.models.model import Model
from mlflow.models.restoring import restored_python
from mlflow.models.signature import infer_signature
from mlflow.pyfunc.model import PythonModel
from mlflow.pyfunc.predicting import OtherPython
from mlflow.pyfunc.spark import predictions_of

FRAME = pd.DataFrame({"a": [1.0, 2.0]})
REQUEST = '{"dataframe_split": {"columns": ["a"], "data": [[1.0]]}}'
PINNED = ["mlflow"]


class Bomb:
    """Reading its pickle leaves a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self.mark,)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """The file that a pickle leaves when it is read."""
    return tmp_path / "was read"


def save_linear(folder: Path, serialization_format: str = "cloudpickle") -> Path:
    model = LinearRegression().fit(FRAME, [1.0, 2.0])
    mlflow.sklearn.save_model(
        model,
        folder,
        serialization_format=serialization_format,
        signature=infer_signature(FRAME, np.array([1.0, 2.0])),
        pip_requirements=PINNED,
    )
    return folder


def save_function(folder: Path) -> Path:
    signature = infer_signature(FRAME, [1.0])
    mlflow.pyfunc.save_model(
        folder, python_model=lambda a: list(a["a"]), signature=signature, pip_requirements=PINNED
    )
    return folder


def predict_once(folder: Path) -> None:
    mlflow.models.predict(str(folder), REQUEST, env_manager="local")


def predict_by_command(folder: Path) -> None:
    command = ["models", "predict", "-m", str(folder), "--env-manager", "local"]
    result = CliRunner().invoke(cli, command, input=REQUEST)
    if result.exit_code:
        raise MlflowException(f"{result.output} {result.exception}")


def predict_in_spark(folder: Path) -> object:
    """What a worker of `spark_udf` does with the folder that it was sent."""
    return predictions_of(folder, {}, {}, "local")(FRAME, None)


LOADERS: dict[str, Callable[[Path], object]] = {
    "native": mlflow.sklearn.load_model,
    "pyfunc": mlflow.pyfunc.load_model,
    "serving input": lambda folder: mlflow.models.validate_serving_input(str(folder), REQUEST),
    "predict": predict_once,
    "command": predict_by_command,
    "spark_udf": predict_in_spark,
}


@pytest.mark.parametrize("loader", LOADERS.values(), ids=LOADERS.keys())
class TestEveryLoader:
    def test_names_a_file_that_changed_and_reads_none(
        self, loader: Callable[[Path], object], tmp_path: Path, mark: Path
    ) -> None:
        folder = save_linear(tmp_path / "m")
        loader(folder)
        (folder / "model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
        with pytest.raises(MlflowException, match=r"not as it was saved.*'model\.pkl' has changed"):
            loader(folder)
        assert not mark.exists()

    def test_reads_no_pickle_where_they_are_forbidden(
        self,
        loader: Callable[[Path], object],
        tmp_path: Path,
        mark: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        folder = save_linear(tmp_path / "m")
        skops = save_linear(tmp_path / "s", "skops")
        (folder / "model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
        monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
        monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
        with pytest.raises(MlflowException, match="MLFLOW_ALLOW_PICKLE_DESERIALIZATION is false"):
            loader(folder)
        assert not mark.exists()
        loader(skops)


def test_a_module_that_was_put_into_the_code_of_a_model_is_not_imported(tmp_path: Path) -> None:
    code = tmp_path / "own_code"
    code.mkdir()
    (code / "part.py").write_text("")
    mlflow.pyfunc.save_model(
        tmp_path / "m", python_model=len, code_paths=[str(code)], pip_requirements=PINNED
    )
    (tmp_path / "m" / "code" / "yaml.py").write_text("raise RuntimeError")
    before = list(sys.path)
    with pytest.raises(DataLoss, match=r"'code/yaml\.py' was added"):
        mlflow.pyfunc.load_model(tmp_path / "m")
    assert sys.path == before


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "artifact": (
        lambda form: form["flavors"]["python_function"].update(artifacts={"a": {"path": "../secret"}}),
        r"'\.\./secret', outside its folder",
    ),
    "payload": (
        lambda form: form["flavors"]["python_function"].update(python_model="../secret"),
        r"'\.\./secret', outside its folder",
    ),
    "payload's name": (
        lambda form: form["flavors"]["python_function"].update(python_model=["a"]),
        r"\['a'\] in the place of a file's name",
    ),
    "code": (
        lambda form: form["flavors"]["python_function"].update(code="MLmodel"),
        "should be a folder, which 'MLmodel' is not",
    ),
    "configuration": (
        lambda form: form["flavors"]["python_function"].update(config="fast"),
        "configuration .* should be a map: 'fast'",
    ),
    "loader": (
        lambda form: form["flavors"]["python_function"].update(loader_module="..os"),
        r"does not say which module loads the model, but '\.\.os'",
    ),
    "flavor": (
        lambda form: form["flavors"].update(python_function="fast"),
        r"'flavors\.python_function' should be a map",
    ),
    "digests": (lambda form: form.update(file_digests=["a"]), "'file_digests' should be a map"),
    "digest": (lambda form: form["file_digests"].update({1: None}), "has 1: None"),
    "signature": (lambda form: form.update(signature={"inputs": "?"}), "The signature cannot be read"),
}


@pytest.mark.parametrize(("change", "message"), CHANGES.values(), ids=CHANGES.keys())
def test_an_mlmodel_file_is_input_like_any_other(
    change: Callable[[dict[str, Any]], object], message: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    folder = save_function(tmp_path / "m")
    form = yaml.safe_load((folder / "MLmodel").read_text())
    change(form)
    (folder / "MLmodel").write_text(yaml.safe_dump(form))
    with pytest.raises(MlflowException, match=message):
        mlflow.pyfunc.load_model(folder)


def test_an_mlmodel_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_bytes(b"\xff\xfe")
    with pytest.raises(MlflowException, match="is no text"):
        mlflow.pyfunc.load_model(tmp_path)


@pytest.mark.parametrize("key", ["artifact_path", "serving_input_path"])
def test_no_example_is_read_from_outside_of_the_model(key: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("[1]")
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=len, input_example=[1], pip_requirements=PINNED)
    model = Model.load(tmp_path / "m")
    assert model.saved_input_example_info
    model.saved_input_example_info[key] = "../secret"
    read = {"artifact_path": model.load_input_example, "serving_input_path": model.get_serving_input}[key]
    with pytest.raises(MlflowException, match=r"'\.\./secret', outside its folder"):
        read(str(tmp_path / "m"))


def test_the_process_of_another_environment_is_no_exception(tmp_path: Path, mark: Path) -> None:
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=len, pip_requirements=PINNED)
    (tmp_path / "m" / "python_model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    with (
        closing(OtherPython(Path(sys.executable), tmp_path / "m")) as other,
        pytest.raises(MlflowException, match=r"'python_model\.pkl' has changed"),
    ):
        other.answer('{"inputs": ["a"]}')
    assert not mark.exists()


@pytest.mark.parametrize(
    "name", ["MLmodel", "requirements.txt", "conda.yaml", "python_env.yaml", "python_model.pkl"]
)
def test_any_file_of_a_model_of_ones_own_counts(name: str, tmp_path: Path) -> None:
    folder = save_function(tmp_path / "m")
    file = folder / name
    if name == "MLmodel":  # it holds the digests, and is trusted
        text = file.read_text().replace("sha256:", "sha256:0", 1)
        file.write_text(text)
        name = text.partition("file_digests:\n  ")[2].partition(":")[0]
    else:
        file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(DataLoss, match=f"'{name}' has changed"):
        mlflow.pyfunc.load_model(folder)


def test_a_model_of_ones_own_is_no_exception_and_neither_is_a_compressed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for compression, suffix in ((None, ""), ("gzip", ".gz"), ("bzip2", ".bz2"), ("lzma", ".xz")):
        monkeypatch.setenv("MLFLOW_LOG_MODEL_COMPRESSION", compression or "")
        folder = save_function(tmp_path / f"m{suffix}")
        assert (folder / f"python_model.pkl{suffix}").is_file()
        assert mlflow.pyfunc.load_model(folder).predict(FRAME) == [1.0, 2.0]
        with monkeypatch.context() as forbidden:
            forbidden.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
            with pytest.raises(PermissionDenied, match="is a pickle"):
                mlflow.pyfunc.load_model(folder)
    monkeypatch.setenv("MLFLOW_LOG_MODEL_COMPRESSION", "zip")
    with pytest.raises(MlflowException, match="not 'zip'"):
        save_function(tmp_path / "zip")


def test_the_script_of_a_model_from_code_is_compared_before_it_runs(tmp_path: Path, mark: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import mlflow\nmlflow.models.set_model(len)\n")
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=str(script), pip_requirements=PINNED)
    (tmp_path / "m" / "script.py").write_text(f"open({str(mark)!r}, 'w').close()\n" + script.read_text())
    with pytest.raises(DataLoss, match=r"'script\.py' has changed"):
        mlflow.pyfunc.load_model(tmp_path / "m")
    assert not mark.exists()


@pytest.mark.parametrize("manager", ["local", "virtualenv", "uv", "conda"])
def test_no_environment_is_built_from_a_file_that_changed(
    manager: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ENV_ROOT", str(tmp_path / "envs"))
    folder = save_function(tmp_path / "m")
    (folder / "requirements.txt").write_text("mlflow\nharmful-package==1.0")
    with pytest.raises(DataLoss, match=r"'requirements\.txt' has changed"):
        restored_python(folder, manager)
    assert not (tmp_path / "envs").exists()


class TestTemporaryFolders:
    @pytest.fixture(autouse=True)
    def _open_by_default(self) -> Iterator[None]:
        """Where nothing is said, others may read and write."""
        before = os.umask(0)
        yield
        os.umask(before)

    def test_are_their_owners_alone(self) -> None:
        folder = new_folder()
        assert folder.stat().st_mode & 0o777 == 0o700
        folder.rmdir()

    def test_of_a_model_that_is_saved_are_too(self, tmp_path: Path) -> None:
        seen: list[int] = []

        class Watching(PythonModel):
            def predict(self, context: Any, model_input: Any) -> Any:
                folders = [path for path in tmp_path.iterdir() if path.is_dir()]
                seen.extend(path.stat().st_mode & 0o777 for path in folders if path.name.startswith("."))
                return model_input

        (tmp_path / "m").mkdir(mode=0o750)
        mlflow.pyfunc.save_model(
            tmp_path / "m", python_model=Watching(), input_example=["a"], pip_requirements=PINNED
        )
        assert set(seen) == {0o700}
        assert (tmp_path / "m").stat().st_mode & 0o777 == 0o750


def test_the_server_knows_nothing_that_reads_models(tmp_path: Path) -> None:
    script = (
        "import sys, json, mlflow.server.app\n"
        "print(json.dumps([name for name in sys.modules if name.split('.')[0] in ('pickle', 'cloudpickle', 'skops') "
        "or name.startswith(('mlflow.models', 'mlflow.pyfunc', 'mlflow._flavors'))]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert set(json.loads(done.stdout)) <= {"pickle"}  # which the standard library's own modules import
