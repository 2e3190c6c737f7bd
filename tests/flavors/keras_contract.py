"""What the flavors that keep files of Keras do the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

import mlflow.pyfunc
from mlflow.exceptions import PermissionDenied
from tests.flavors.contract import FlavorContract
from tests.flavors.plain import equal, plain


class KerasContract(FlavorContract):
    """Subclasses set `load_arguments` too: what their `load_model` passes on to Keras."""

    load_arguments: ClassVar[str]

    def test_an_older_file_is_read_unless_pickles_are_forbidden(
        self,
        module: ModuleType,
        save: Callable[..., Path],
        model: Any,
        data: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        folder = save()
        monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
        (folder / "data" / "model.keras").unlink()
        model.save(folder / "data" / "model.h5")
        expected = self.predictions(model, data)
        assert equal(self.predictions(module.load_model(str(folder)), data), expected)
        assert equal(plain(mlflow.pyfunc.load_model(str(folder)).predict(data)), expected)

        monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
        for load in (module.load_model, mlflow.pyfunc.load_model):
            with pytest.raises(PermissionDenied, match=r"older form HDF5.*DESERIALIZATION is false"):
                load(str(folder))

    def test_code_inside_of_a_model_is_run_where_asked_for_and_pickles_are_allowed(
        self, module: ModuleType, data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import keras
        from keras.src.saving.serialization_lib import SafeModeScope

        layers = [keras.Input((2,)), keras.layers.Lambda(lambda x: x * 2)]
        module.save_model(keras.Sequential(layers), tmp_path / "m", pip_requirements=[])
        unsafe = {self.load_arguments: {"safe_mode": False}}
        with pytest.raises(ValueError, match="Lambda"):
            module.load_model(tmp_path / "m")
        assert self.predictions(module.load_model(tmp_path / "m", **unsafe), data) == plain(data * 2)

        monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
        with pytest.raises(PermissionDenied, match=r"safe_mode=False.*DESERIALIZATION is false"):
            module.load_model(tmp_path / "m", **unsafe)
        # As keras.config.enable_unsafe_deserialization() does it, for good.
        with SafeModeScope(False), pytest.raises(ValueError, match="Lambda"):
            module.load_model(tmp_path / "m")

    def test_objects_that_were_pickled_with_a_model_are_read_unless_pickles_are_forbidden(
        self, module: ModuleType, data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import cloudpickle
        import keras

        class Doubled(keras.layers.Layer):  # type: ignore[misc]  # it has no types
            def call(self, x: Any) -> Any:
                return x * 2

        model = keras.Sequential([keras.Input((2,)), Doubled()])
        module.save_model(model, tmp_path / "m", pip_requirements=[])
        monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
        kept = tmp_path / "m" / "data" / "custom_objects.cloudpickle"
        kept.write_bytes(cloudpickle.dumps({"Doubled": Doubled}))
        assert self.predictions(module.load_model(tmp_path / "m"), data) == plain(data * 2)

        monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
        with pytest.raises(PermissionDenied, match="DESERIALIZATION is false"):
            module.load_model(tmp_path / "m")
