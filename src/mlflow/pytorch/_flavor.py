"""The PyTorch flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload
from mlflow._flavors.pickling import references_of
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.fetched import payload_path
from mlflow.pytorch._formats import PICKLE, PT2, read, write_graph, write_pickle
from mlflow.pytorch._predictor import predictor

_FOLDER = "data"


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    import torch

    if not isinstance(model, torch.nn.Module):
        raise InvalidParameterValue(
            f"`pytorch_model` is a torch.nn.Module; got {type(model).__name__}. "
            "For a state dictionary there is mlflow.pytorch.log_state_dict."
        )
    wanted = options["serialization_format"] or (PT2 if options["export_model"] else PICKLE)
    if wanted not in (PICKLE, PT2):
        raise InvalidParameterValue(f"`serialization_format` is {PICKLE!r} or {PT2!r}; got {wanted!r}")
    (folder / _FOLDER).mkdir()
    settings: dict[str, Any] = {"data": _FOLDER, "config": {"device": None}}
    if wanted == PT2:
        write_graph(model, folder / _FOLDER, options["input_example"])
    else:
        settings["pickle_module_name"] = write_pickle(model, folder / _FOLDER, options["pickle_module"])
    return Payload(
        flavor={"model_data": _FOLDER},
        pyfunc=settings,
        packages=() if wanted == PT2 else ("cloudpickle",),
        modules=references_of(model).modules,
    )


def _load(folder: Path, settings: dict[str, Any], **kwargs: Any) -> Any:
    return read(payload_path(folder, settings.get("model_data") or _FOLDER), **kwargs)


FLAVOR = Flavor(
    name="pytorch",
    title="PyTorch",
    library="torch",
    package="torch",
    packages=("numpy", "pandas"),
    save=_save,
    load=_load,
    loader_module="mlflow.pytorch",
    version_key="pytorch_version",
    predictor=predictor,
    types=("torch.nn.modules.module:Module",),
    model_argument="pytorch_model",
    options={
        "pickle_module": Option(
            None, "Module that pickles the model; by default one that pickles its code too."
        ),
        "export_model": Option(False, 'The older way to ask for `serialization_format="pt2"`.'),
        "serialization_format": Option(
            None,
            "`pickle`, the default, which is read back as what was saved; or `pt2`, a graph traced with the "
            "input example, which is read without pickles and cannot be trained further.",
        ),
    },
    load_options={"kwargs": Option(None, "Passed to `torch.load`, such as `map_location`.")},
    save_order="model path conda_env mlflow_model code_paths pickle_module signature input_example extra_files "
    "pip_requirements extra_pip_requirements metadata export_model serialization_format",
    log_order="model artifact_path conda_env code_paths pickle_module registered_model_name signature "
    "input_example await_registration_for extra_files pip_requirements extra_pip_requirements metadata name params "
    "tags model_type step model_id export_model serialization_format",
)
