"""The Sentence Transformers flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow.exceptions import NotSupported
from mlflow.models.fetched import payload_path
from mlflow.models.signature import ModelSignature
from mlflow.types._libraries import is_frame
from mlflow.types.schema import ColSpec, DataType, Schema, TensorSpec

_FOLDER = "model.sentence_transformer"


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    if options["task"] is not None:
        raise NotSupported(
            f"`task` {options['task']!r} is not supported; the model answers with embeddings, one for each text"
        )
    model.save(str(folder / _FOLDER))
    transformer = getattr(model[0], "auto_model", model[0])
    config = options["inference_config"]
    return Payload(
        flavor={
            "data": _FOLDER,
            "pipeline_model_type": type(transformer).__name__,
            "source_model_name": getattr(transformer, "name_or_path", "") or "",
        },
        pyfunc={"data": _FOLDER, **({"config": config} if config else {})},
        modules={type(transformer).__module__},
        signature=_usual_signature(),
    )


def _usual_signature() -> ModelSignature:
    import numpy

    return ModelSignature(
        Schema([ColSpec(DataType.string)]), Schema([TensorSpec(numpy.dtype("float64"), (-1,))])
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(payload_path(folder, settings.get("data") or _FOLDER)))


def _predictor(model: Any, _folder: Path, settings: dict[str, Any]) -> Predict:
    config = settings.get("config") or {}
    return lambda data, params: model.encode(_texts(data), **{**config, **(params or {})})


def _texts(data: Any) -> list[str]:
    if is_frame(data):
        return [str(text) for text in data.iloc[:, 0]]
    return [data] if isinstance(data, str) else [str(text) for text in data]


FLAVOR = Flavor(
    name="sentence_transformers",
    title="Sentence Transformers",
    library="sentence_transformers",
    package="sentence-transformers",
    packages=("numpy", "pandas", "torch", "transformers"),
    default_packages=("torch", "transformers"),
    save=_save,
    load=_load,
    loader_module="mlflow.sentence_transformers",
    version_key="sentence_transformers_version",
    predictor=_predictor,
    types=(
        "sentence_transformers.SentenceTransformer:SentenceTransformer",
        "sentence_transformers.sentence_transformer.model:SentenceTransformer",  # since version 6
    ),
    options={
        "task": Option(None, "Not supported: the model answers with embeddings."),
        "inference_config": Option(None, "Arguments of the model's `encode` when it predicts."),
    },
    save_order="model path task inference_config code_paths mlflow_model signature input_example pip_requirements "
    "extra_pip_requirements conda_env metadata extra_files",
    log_order="model artifact_path task inference_config code_paths registered_model_name signature input_example "
    "await_registration_for pip_requirements extra_pip_requirements conda_env metadata extra_files prompts name "
    "params tags model_type step model_id",
)
