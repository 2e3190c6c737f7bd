"""The parts of a transformers pipeline: a folder for the model, and one for each part beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow.exceptions import InvalidParameterValue, MlflowException, NotSupported
from mlflow.models.fetched import payload_path

_MODEL = "model"
_COMPONENTS = "components"
_PARTS = ("tokenizer", "feature_extractor", "image_processor", "processor")
_AUTOMATIC = {
    "tokenizer": "AutoTokenizer",
    "feature_extractor": "AutoFeatureExtractor",
    "image_processor": "AutoImageProcessor",
    "processor": "AutoProcessor",
}


def as_pipeline(model: Any, options: dict[str, Any]) -> Any:
    """A pipeline as it is, or made from a dictionary of its parts or the folder of a checkpoint.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it is none of these, or the task is needed.
    """
    import transformers

    if options["base_model_path"] is not None:
        raise NotSupported(
            "`base_model_path` is not supported; merge the adapter into its model and save that"
        )
    task = options["task"]
    if task is not None and task.startswith("llm/"):
        raise NotSupported(
            f"`task` {task!r} is not supported; use the pipeline's own task, such as 'text-generation'"
        )
    if isinstance(model, transformers.Pipeline):
        return model
    if isinstance(model, dict) and "model" in model:
        unknown = sorted(set(model) - {"model", *_PARTS})
        if unknown:
            raise InvalidParameterValue(
                f"`transformers_model` has the unknown parts {unknown}; parts are {['model', *_PARTS]}"
            )
        parts = dict(model)
    elif isinstance(model, str | Path) and Path(model).is_dir():
        parts = {"model": str(model)}
    else:
        raise InvalidParameterValue(
            "`transformers_model` is a pipeline, a dictionary of its parts with 'model', or the folder of a "
            f"checkpoint; got {type(model).__name__}"
        )
    if task is None:
        raise InvalidParameterValue(
            "Parts make a pipeline for a `task`, such as 'text-classification'; name it"
        )
    return transformers.pipeline(task=task, **parts)


def write(pipeline: Any, folder: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Writes the parts of a pipeline.

    Returns:
        What the MLmodel file says of them.
    """
    model = pipeline.model
    settings: dict[str, Any] = {
        "task": pipeline.task,
        "instance_type": type(pipeline).__name__,
        "pipeline_model_type": type(model).__name__,
        "source_model_name": getattr(model, "name_or_path", "") or "",
        "torch_dtype": str(options["torch_dtype"] or getattr(model, "dtype", None)),
    }
    parts: dict[str, Any] = {name: getattr(pipeline, name, None) for name in _PARTS} | (
        {"processor": options["processor"]} if options["processor"] is not None else {}
    )
    if options["save_pretrained"]:
        # Tensors alone, without pickles.
        model.save_pretrained(folder / _MODEL, safe_serialization=True)
        settings["model_binary"] = _MODEL
    else:
        revision = getattr(model.config, "_commit_hash", None)
        if not revision:
            raise InvalidParameterValue(
                "`save_pretrained=False` needs a model that came from a hub, with its revision; this one was made here"
            )
        settings["source_model_revision"] = revision
    settings["components"] = [
        name for name, part in parts.items() if part is not None and not isinstance(part, str)
    ]
    for name in settings["components"]:
        parts[name].save_pretrained(folder / _COMPONENTS / name)
        settings[f"{name}_type"] = type(parts[name]).__name__
    if options["prompt_template"] is not None:
        if "{prompt}" not in options["prompt_template"]:
            raise InvalidParameterValue("`prompt_template` has no placeholder {prompt}")
        settings["prompt_template"] = options["prompt_template"]
    if options["model_card"] is not None:
        text = getattr(options["model_card"], "content", options["model_card"])
        (folder / "model_card.md").write_text(str(text), encoding="utf-8")
    return settings


def read(
    folder: Path,
    settings: dict[str, Any],
    return_type: str = "pipeline",
    device: Any = None,
    base_model_path: str | None = None,
    **kwargs: Any,
) -> Any:
    """Reads a pipeline, or its parts.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: the type to return is none of the two.
    """
    import transformers

    if return_type not in ("pipeline", "components"):
        raise InvalidParameterValue(f"`return_type` is 'pipeline' or 'components'; got {return_type!r}")
    if base_model_path is not None:
        raise NotSupported("`base_model_path` is not supported")
    parts = _read_parts(folder, settings)
    if return_type == "components":
        return {"task": settings["task"], **parts}
    placed = {} if device is None else {"device": device}
    return transformers.pipeline(task=settings["task"], **parts, **placed, **kwargs)


def _read_parts(folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    import transformers

    place: dict[str, Any]
    if settings.get("model_binary"):
        place = {"pretrained_model_name_or_path": str(payload_path(folder, settings["model_binary"]))}
    elif (folder / "pipeline").is_dir():  # all in one folder: the form of MLflow 2.3
        place = {"pretrained_model_name_or_path": str(folder / "pipeline")}
    else:
        place = {
            "pretrained_model_name_or_path": settings["source_model_name"],
            "revision": settings.get("source_model_revision"),
        }
    dtype = _dtype(settings.get("torch_dtype"))
    typed = {} if dtype is None else {"torch_dtype" if _is_before_5() else "dtype": dtype}
    parts = {"model": _class(settings["pipeline_model_type"]).from_pretrained(**place, **typed)}
    for name in settings.get("components") or ():
        kept = folder / _COMPONENTS / name
        source = str(kept) if kept.is_dir() else place["pretrained_model_name_or_path"]
        parts[name] = getattr(transformers, _AUTOMATIC[name]).from_pretrained(source)
    return parts


def _class(name: str) -> Any:
    import transformers

    found = getattr(transformers, name, None)
    if found is None:
        raise MlflowException(
            f"transformers {transformers.__version__} has no class {name!r}; models with code of their own are not "
            "supported"
        )
    return found


def _dtype(name: str | None) -> Any:
    import torch

    return getattr(torch, name.removeprefix("torch."), None) if name else None


def _is_before_5() -> bool:
    import transformers

    return int(transformers.__version__.partition(".")[0]) < 5
