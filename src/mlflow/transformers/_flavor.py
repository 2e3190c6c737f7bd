"""The Hugging Face transformers flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload
from mlflow.transformers._components import as_pipeline, read, write
from mlflow.transformers._predictor import predictor, usual_signature


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    pipeline = as_pipeline(model, options)
    settings = write(pipeline, folder, options)
    config = options["model_config"]
    return Payload(
        flavor=settings,
        pyfunc={"config": config} if config else {},
        modules={type(pipeline.model).__module__},
        signature=usual_signature(pipeline.task),
    )


FLAVOR = Flavor(
    name="transformers",
    title="transformers",
    library="transformers",
    package="transformers",
    packages=("accelerate", "numpy", "pandas", "torch", "torchvision"),
    default_packages=("accelerate", "torch", "torchvision"),
    save=_save,
    load=read,
    loader_module="mlflow.transformers",
    version_key="transformers_version",
    predictor=predictor,
    types=("transformers.pipelines.base:Pipeline",),
    model_argument="transformers_model",
    options={
        "processor": Option(None, "A processor that goes with the model."),
        "task": Option(None, "What the pipeline is for; told from a pipeline, needed for its components."),
        "torch_dtype": Option(None, "Type of the weights; that of the model by default."),
        "model_card": Option(None, "Text of a model card, kept beside the model."),
        "model_config": Option(None, "Arguments of the pipeline when it predicts."),
        "prompt_template": Option(None, "Text with the placeholder `{prompt}` that inputs are put into."),
        "save_pretrained": Option(
            True, "Whether the weights are copied; if not, they are read from their hub again."
        ),
        "base_model_path": Option(None, "Not supported: adapters are saved merged with their model."),
    },
    load_options={
        "return_type": Option("pipeline", "`pipeline`, or `components` for a dictionary of its parts."),
        "device": Option(None, "Device of the pipeline, such as `cpu` or `cuda:0`."),
        "base_model_path": Option(None, "Not supported: adapters are saved merged with their model."),
        "kwargs": Option(None, "Passed to `transformers.pipeline`."),
    },
    save_order="model path processor task torch_dtype model_card code_paths mlflow_model signature input_example "
    "pip_requirements extra_pip_requirements conda_env metadata model_config prompt_template save_pretrained "
    "base_model_path",
    log_order="model artifact_path processor task torch_dtype model_card code_paths registered_model_name signature "
    "input_example await_registration_for pip_requirements extra_pip_requirements conda_env metadata model_config "
    "prompt_template save_pretrained prompts name params tags model_type step model_id base_model_path",
    load_order="model_uri dst_path return_type device base_model_path",
)
