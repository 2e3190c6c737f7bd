"""The ONNX flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload
from mlflow.models.fetched import payload_path
from mlflow.onnx._session import session_options, session_predictor

_FILE = "model.onnx"
_PROVIDERS = ["CUDAExecutionProvider", "CPUExecutionProvider"]


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    import onnx

    if options["onnx_session_options"]:
        session_options(options["onnx_session_options"])
    external = {"save_as_external_data": True, "location": f"{_FILE}.data"}
    onnx.save_model(model, folder / _FILE, **(external if options["save_as_external_data"] else {}))
    providers = options["onnx_execution_providers"] or _PROVIDERS
    return Payload(
        flavor={
            "data": _FILE,
            "providers": providers,
            "onnx_session_options": options["onnx_session_options"],
        },
        pyfunc={"data": _FILE},
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    import onnx

    file = payload_path(folder, settings.get("data") or _FILE)
    # By its path, because weights may lie in a file beside it.
    onnx.checker.check_model(file)
    return onnx.load(file)


FLAVOR = Flavor(
    name="onnx",
    title="ONNX",
    library="onnx",
    package="onnx",
    packages=("numpy", "onnxruntime"),
    default_packages=("onnxruntime",),
    save=_save,
    load=_load,
    loader_module="mlflow.onnx",
    version_key="onnx_version",
    predictor=session_predictor,
    types=("onnx.onnx_ml_pb2:ModelProto",),
    model_argument="onnx_model",
    options={
        "onnx_execution_providers": Option(
            None,
            "Providers that ONNX Runtime may compute with, the preferred first; CUDA, then the CPU by default.",
        ),
        "onnx_session_options": Option(
            None,
            "Options of ONNX Runtime's session: its attributes, `execution_mode` and `graph_optimization_level`.",
        ),
        "save_as_external_data": Option(
            True, "Whether large weights go into a file beside the graph, which takes 2 GiB at most."
        ),
    },
    save_order="model path conda_env code_paths mlflow_model signature input_example pip_requirements "
    "extra_pip_requirements onnx_execution_providers onnx_session_options metadata save_as_external_data "
    "extra_files",
    log_order="model artifact_path conda_env code_paths registered_model_name signature input_example "
    "await_registration_for pip_requirements extra_pip_requirements onnx_execution_providers onnx_session_options "
    "metadata save_as_external_data extra_files name params tags model_type step model_id",
)
