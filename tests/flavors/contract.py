"""What every flavor does the same, checked on a model of each.

A flavor's suite inherits from `FlavorContract` and gives models, an input, and how to tell predictions equal.
"""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
import yaml

import mlflow.pyfunc
from mlflow._flavors.declaration import Flavor
from mlflow._flavors.registry import find_flavor, flavor_module, get_flavor
from mlflow.exceptions import DataLoss, InvalidParameterValue, MissingExtra, MlflowException, PermissionDenied
from mlflow.models.environment import MLFLOW_REQUIREMENT
from mlflow.models.model import Model
from mlflow.models.signature import infer_signature
from tests.flavors.plain import equal, plain


def _sample(flavor: str) -> ModuleType:
    return import_module(f"tests.flavors.samples.{flavor}")


def arguments_of(flavor: str, model: str) -> dict[str, Any]:
    """What saving a model of the samples has to be given beside it."""
    arguments = getattr(_sample(flavor), "arguments", None)
    found: dict[str, Any] = {} if arguments is None else arguments(model)
    return found


@cache
def _models(flavor: str) -> dict[str, Any]:
    """The models of a flavor, trained once."""
    models: dict[str, Any] = _sample(flavor).models()
    return models


# Libraries warn of what they themselves and their own libraries will change; that is not ours to mend.
@pytest.mark.filterwarnings("default")
class FlavorContract:
    """Subclasses set `name`, which has a module in `samples`, or define `model`, `data` and `predictions`.

    Attributes:
        name: Name of the flavor.
        has_type: Whether the flavor is found by the type of its models.
        payload: Name of the file or folder of the payload that is taken away to see that it is missed.
        found_as: Flavor that is found by the type of its models, where that is another.
        infers_outputs: Whether an example that is an input gives a signature with outputs.
    """

    name: ClassVar[str]
    has_type: ClassVar[bool] = True
    payload: ClassVar[str | None] = None
    found_as: ClassVar[str | None] = None
    infers_outputs: ClassVar[bool] = True

    @pytest.fixture
    def model(self) -> Any:
        """A trained model."""
        return next(iter(_models(self.name).values()))

    @pytest.fixture
    def data(self) -> Any:
        """An input of it."""
        return _sample(self.name).data()

    def predictions(self, model: Any, data: Any) -> Any:
        """What the model itself predicts, in the form of `plain`."""
        return plain(_sample(self.name).answers(model, data))

    @property
    def arguments(self) -> dict[str, Any]:
        """What `save_model` and `log_model` have to be given beside the model."""
        return arguments_of(self.name, next(iter(_models(self.name))))

    def unfitting(self, data: Any) -> Any:
        """An input that the signature refuses."""
        return data.drop(columns=data.columns[0]) if hasattr(data, "columns") else None

    def is_read_back(self, loaded: Any, model: Any) -> bool:
        """Whether what was loaded is of the kind that was saved."""
        return type(loaded) is type(model)

    def is_pickled(self, model: Any) -> bool:  # the default is for libraries with a format of their own
        """Whether reading the model runs what its author wrote."""
        return False

    # From here on it is the same for all.

    @pytest.fixture
    def flavor(self) -> Flavor:
        return get_flavor(self.name)

    @pytest.fixture
    def module(self, flavor: Flavor) -> ModuleType:
        return flavor_module(flavor)

    @pytest.fixture
    def save(self, module: ModuleType, model: Any, tmp_path: Path) -> Callable[..., Path]:
        def save(**arguments: Any) -> Path:
            folder = tmp_path / "saved"
            module.save_model(model, path=folder, **{**self.arguments, **arguments})
            return folder

        return save

    def test_the_flavor_is_found_by_the_type_of_its_models(self, flavor: Flavor, model: Any) -> None:
        found = get_flavor(self.found_as) if self.found_as else flavor
        assert find_flavor(model) == (found if self.has_type else None)

    def test_a_model_is_loaded_as_its_library_knows_it(
        self, module: ModuleType, save: Callable[..., Path], model: Any, data: Any
    ) -> None:
        loaded = module.load_model(str(save()))
        assert self.is_read_back(loaded, model)
        assert equal(self.predictions(loaded, data), self.predictions(model, data))

    def test_every_kind_of_model_is_read_back_both_ways(
        self, module: ModuleType, data: Any, tmp_path: Path
    ) -> None:
        for name, model in _models(self.name).items():
            module.save_model(model, path=tmp_path / name, **arguments_of(self.name, name))
            expected = self.predictions(model, data)
            assert equal(self.predictions(module.load_model(tmp_path / name), data), expected)
            assert equal(plain(mlflow.pyfunc.load_model(tmp_path / name).predict(data)), expected)

    def test_a_model_predicts_through_pyfunc(
        self, save: Callable[..., Path], flavor: Flavor, model: Any, data: Any
    ) -> None:
        loaded = mlflow.pyfunc.load_model(str(save()))
        assert equal(plain(loaded.predict(data)), self.predictions(model, data))
        assert self.is_read_back(loaded.get_raw_model(), model)
        assert loaded.loader_module == flavor.loader_module

    def test_the_folder_holds_what_mlflow_looks_for(self, save: Callable[..., Path], flavor: Flavor) -> None:
        folder = save(metadata={"owner": "me"})
        form = yaml.safe_load((folder / "MLmodel").read_text())
        assert set(form["flavors"]) == {"python_function", flavor.name}
        assert form["flavors"]["python_function"]["env"] == {
            "conda": "conda.yaml",
            "virtualenv": "python_env.yaml",
        }
        assert form["flavors"][flavor.name][flavor.version_key]
        assert form["metadata"] == {"owner": "me"}
        assert form["model_size_bytes"] > 0
        assert form["model_id"] is None
        assert {"requirements.txt", "conda.yaml", "python_env.yaml"} <= {
            file.name for file in folder.iterdir()
        }

    def test_requirements_name_mlflow_first_and_the_library_pinned(
        self, save: Callable[..., Path], flavor: Flavor
    ) -> None:
        lines = (save() / "requirements.txt").read_text().splitlines()
        assert lines[0] == MLFLOW_REQUIREMENT
        names = [line.partition("==")[0] for line in lines]
        assert flavor.package in names
        assert all("==" in line for line in lines)
        assert names[1:] == sorted(names[1:])

    def test_where_pickles_are_forbidden_only_other_forms_are_read(
        self, module: ModuleType, save: Callable[..., Path], model: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = str(save())
        monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
        for load in (module.load_model, mlflow.pyfunc.load_model):
            if self.is_pickled(model):
                with pytest.raises(PermissionDenied, match="MLFLOW_ALLOW_PICKLE_DESERIALIZATION is false"):
                    load(folder)
            else:
                load(folder)

    def test_a_signature_is_kept_and_enforced(self, save: Callable[..., Path], model: Any, data: Any) -> None:
        signature = infer_signature(data, self.predictions(model, data))
        loaded = mlflow.pyfunc.load_model(str(save(signature=signature)))
        assert loaded.metadata.signature == signature
        with pytest.raises(InvalidParameterValue, match="Failed to enforce schema"):
            loaded.predict(self.unfitting(data))

    def test_an_example_is_kept_and_gives_the_signature(
        self, save: Callable[..., Path], model: Any, data: Any
    ) -> None:
        folder = save(input_example=data)
        saved = Model.load(folder)
        assert saved.signature is not None
        assert saved.signature.inputs == infer_signature(data).inputs
        assert (saved.signature.outputs is not None) is self.infers_outputs
        example = saved.load_input_example(str(folder))
        loaded = mlflow.pyfunc.load_model(str(folder))
        assert equal(plain(loaded.predict(example)), self.predictions(model, data))

    def test_no_signature_is_inferred_where_none_is_wanted(
        self, save: Callable[..., Path], data: Any
    ) -> None:
        assert Model.load(save(input_example=data, signature=False)).signature is None

    def test_code_travels_with_the_model(
        self, module: ModuleType, save: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package = tmp_path / f"code_of_{self.name}"
        (package / "__pycache__").mkdir(parents=True)
        (package / "__init__.py").write_text("ANSWER = 42\n")
        (package / "__pycache__" / "x.pyc").write_text("")
        folder = save(code_paths=[str(package)])
        assert not list(folder.rglob("*.pyc"))
        monkeypatch.setattr(sys, "path", list(sys.path))
        monkeypatch.delitem(sys.modules, package.name, raising=False)

        module.load_model(str(folder))

        imported = __import__(package.name)
        assert imported.ANSWER == 42
        assert Path(str(imported.__file__)).is_relative_to(folder)

    def test_extra_files_travel_with_the_model(self, save: Callable[..., Path], tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("remember")
        folder = save(extra_files=[str(tmp_path / "notes.txt")])
        settings = Model.load(folder).flavors[self.name]
        assert [(folder / item["path"]).read_text() for item in settings["extra_files"]] == ["remember"]

    def test_a_folder_with_files_in_it_is_left_alone(
        self, module: ModuleType, model: Any, tmp_path: Path
    ) -> None:
        (tmp_path / "mine.txt").write_text("mine")
        with pytest.raises(MlflowException, match="already exists and is not empty"):
            module.save_model(model, path=tmp_path, **self.arguments)
        assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]

    def test_when_a_part_fails_no_folder_is_left(self, save: Callable[..., Path], tmp_path: Path) -> None:
        with pytest.raises(MlflowException, match="does not exist"):
            save(pip_requirements="no-such-file.txt")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "arguments",
        [
            {"code_paths": "one.py"},
            {"extra_files": "one.txt"},
            {"pip_requirements": 3},
            {"pip_requirements": ["x"], "extra_pip_requirements": ["y"]},
            {"signature": "long -> long"},
            {"unknown_argument": 1},
        ],
    )
    def test_wrong_arguments_are_refused_before_anything_is_written(
        self, save: Callable[..., Path], arguments: dict[str, Any], tmp_path: Path
    ) -> None:
        with pytest.raises((TypeError, ValueError, InvalidParameterValue)):
            save(**arguments)
        assert not (tmp_path / "saved").exists()

    def test_a_missing_library_is_named_with_the_command_that_installs_it(
        self,
        module: ModuleType,
        save: Callable[..., Path],
        flavor: Flavor,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        folder = save()
        library = flavor.library.partition(".")[0]
        for name in [name for name in sys.modules if name.partition(".")[0] == library]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "meta_path", [_Missing(library), *sys.meta_path])
        with pytest.raises(MissingExtra, match=f"pip install {flavor.package}") as caught:
            module.load_model(str(folder))
        assert f"flavor {flavor.name!r}" in caught.value.message
        assert isinstance(caught.value, ImportError)

    def test_a_model_of_another_flavor_is_called_that(self, module: ModuleType, tmp_path: Path) -> None:
        Model().add_flavor("gluon").save(tmp_path / "MLmodel")
        with pytest.raises(MlflowException, match=f'"{self.name}" flavor.*gluon'):
            module.load_model(str(tmp_path))

    def test_a_folder_of_mlflow_1_is_read(
        self, module: ModuleType, save: Callable[..., Path], model: Any, data: Any
    ) -> None:
        """Those have no signature and no ids, name one environment, and do not list code or versions."""
        folder = save()
        flavors = yaml.safe_load((folder / "MLmodel").read_text())["flavors"]
        flavors["python_function"]["env"] = "conda.yaml"
        flavors[self.name] = {
            key: value
            for key, value in flavors[self.name].items()
            if value is not None and not key.endswith("_version")
        }
        (folder / "MLmodel").write_text(
            yaml.safe_dump({"flavors": flavors, "utc_time_created": "2019-01-01"})
        )
        expected = self.predictions(model, data)
        assert equal(self.predictions(module.load_model(str(folder)), data), expected)
        assert equal(plain(mlflow.pyfunc.load_model(str(folder)).predict(data)), expected)

    def test_another_version_of_the_library_is_named(
        self,
        module: ModuleType,
        save: Callable[..., Path],
        flavor: Flavor,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        folder = save()
        saved = Model.load(folder)
        saved.flavors[flavor.name][flavor.version_key] = "0.0.1"
        saved.save(folder / "MLmodel")
        module.load_model(str(folder))
        assert f"was saved with {flavor.package} 0.0.1" in caplog.text

    def test_a_file_that_the_model_lacks_is_named(
        self, module: ModuleType, save: Callable[..., Path]
    ) -> None:
        folder = save()
        kept = {"MLmodel", "requirements.txt", "conda.yaml", "python_env.yaml"}
        found = [file for file in folder.iterdir() if file.name not in kept]
        payload = folder / (self.payload or found[0].name)
        shutil.rmtree(payload) if payload.is_dir() else payload.unlink()
        with pytest.raises(MlflowException, match=payload.name):
            module.load_model(str(folder))

    def test_a_file_that_was_changed_is_named(
        self,
        module: ModuleType,
        save: Callable[..., Path],
        data: Any,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (tmp_path / "helper_code.py").write_text("")
        folder = save(input_example=data, code_paths=[str(tmp_path / "helper_code.py")])
        monkeypatch.setattr(sys, "path", list(sys.path))
        names = [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]
        for name in sorted({*names} - {"MLmodel"}):
            content = (folder / name).read_bytes()
            (folder / name).write_bytes(content + b" ")
            for load in (module.load_model, mlflow.pyfunc.load_model):
                with pytest.raises(DataLoss, match=f"not as it was saved.*'{name}' has changed"):
                    load(str(folder))
            (folder / name).write_bytes(content)
        module.load_model(str(folder))

    def test_a_model_is_logged_in_the_active_run(
        self, module: ModuleType, model: Any, data: Any, local_store: None
    ) -> None:
        with mlflow.start_run() as run:
            info = module.log_model(
                model, name="my-model", input_example=data, params={"depth": 3}, step=7, **self.arguments
            )
        assert (info.name, info.run_id, info.params) == ("my-model", run.info.run_id, {"depth": "3"})
        assert info.model_uri == f"models:/{info.model_id}"
        logged = mlflow.get_logged_model(info.model_id)
        assert str(logged.status) == "READY"
        outputs = mlflow.get_run(run.info.run_id).outputs.model_outputs
        assert [(output.model_id, output.step) for output in outputs] == [(info.model_id, 7)]
        for uri in (info.model_uri, f"runs:/{run.info.run_id}/my-model", info.artifact_path):
            assert equal(self.predictions(module.load_model(uri), data), self.predictions(model, data))
        loaded = mlflow.pyfunc.load_model(info.model_uri)
        assert loaded.model_id == info.model_id
        assert loaded.metadata.run_id == run.info.run_id
        assert loaded.metadata.model_uuid == info.model_id

    def test_a_model_is_logged_without_a_run(
        self, module: ModuleType, model: Any, data: Any, local_store: None
    ) -> None:
        log = mlflow.log_model if self.has_type else module.log_model
        info = log(model, name="alone", **self.arguments)
        assert info.run_id is None
        assert mlflow.active_run() is None
        loaded = flavor_module(get_flavor(self.found_as or self.name)).load_model(info.model_uri)
        assert equal(self.predictions(loaded, data), self.predictions(model, data))

    def test_a_model_is_logged_as_guides_do_it_and_registered(
        self, module: ModuleType, model: Any, data: Any, local_store: None
    ) -> None:
        with mlflow.start_run() as run:
            if self.arguments:
                arguments = {**self.arguments, "artifact_path": "model"}
                module.log_model(model, **arguments, registered_model_name="Registered")
            else:
                module.log_model(model, "model", registered_model_name="Registered")
        for uri in (f"runs:/{run.info.run_id}/model", "models:/Registered/1"):
            assert equal(self.predictions(module.load_model(uri), data), self.predictions(model, data))
            assert equal(plain(mlflow.pyfunc.load_model(uri).predict(data)), self.predictions(model, data))

    def test_a_model_that_cannot_be_saved_is_marked_as_failed(
        self, module: ModuleType, model: Any, local_store: None
    ) -> None:
        with pytest.raises(InvalidParameterValue, match="does not exist"):
            module.log_model(model, name="broken", code_paths=["/nowhere/at/all.py"], **self.arguments)
        (logged,) = mlflow.search_logged_models(output_format="list")
        assert str(logged.status) == "FAILED"

    def test_a_name_is_given_once(self, module: ModuleType, model: Any, local_store: None) -> None:
        with pytest.raises(InvalidParameterValue, match="Both `artifact_path`"):
            module.log_model(model, artifact_path="one", name="other", **self.arguments)
        assert mlflow.search_logged_models(output_format="list") == []

    def test_temporary_folders_are_private(
        self, module: ModuleType, model: Any, local_store: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        modes = []
        original = Model.save

        def spy(self: Model, path: Any) -> None:
            modes.append(stat.S_IMODE(Path(path).parent.stat().st_mode))
            original(self, path)

        monkeypatch.setattr(Model, "save", spy)
        module.log_model(model, name="private", **self.arguments)
        # A model inside of the model lies in the same folder.
        assert modes[-1] == 0o700


class _Missing:
    """An import hook for which one library is not installed."""

    def __init__(self, library: str) -> None:
        self._library = library

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] == self._library:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
