"""The file of a SHAP explainer, and the model beside it that it explains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.formats import CLOUDPICKLE, read_pickle
from mlflow._flavors.load import load_flavor_from_folder
from mlflow._flavors.pickling import refuse_pickle
from mlflow._flavors.registry import find_flavor, flavor_module, get_flavor
from mlflow.models.fetched import payload_path

_MODEL_FOLDER = "underlying_model"
_UNKNOWN = "unknown"


def write_explainer(explainer: Any, folder: Path, file: str, with_model: bool) -> dict[str, Any]:
    """Writes an explainer in the form of its library, where that can be read back.

    Args:
        explainer: The explainer.
        folder: The model folder.
        file: Name of the explainer's file.
        with_model: Whether the model that it explains is saved with its own flavor.

    Returns:
        What the MLmodel file says of it.
    """
    import shap

    if isinstance(explainer, shap.TreeExplainer) or not hasattr(getattr(explainer, "model", None), "save"):
        # The library writes the first in its form and cannot read them back; others it did not write before 0.46.
        import cloudpickle

        with (folder / file).open("wb") as stream:
            cloudpickle.dump(explainer, stream)
        return {"underlying_model_flavor": None, "serialization_format": CLOUDPICKLE}
    explained = _explained(explainer) if with_model else None
    flavor = None if explained is None else find_flavor(explained)
    if flavor is not None:
        # The explainer is a pickle anyway, and older MLflow reads no other form of the model in it.
        form = {"serialization_format": CLOUDPICKLE} if "serialization_format" in flavor.options else {}
        # Its requirements are part of the explainer's own, which are inferred with it.
        flavor_module(flavor).save_model(
            explained, path=folder / _MODEL_FOLDER, pip_requirements=[flavor.package], **form
        )
    with (folder / file).open("wb") as stream:
        explainer.save(stream, model_saver=False if flavor is not None else ".save")
    unknown = _UNKNOWN if with_model else None
    return {"underlying_model_flavor": flavor.name if flavor is not None else unknown}


def read_explainer(folder: Path, file: Path, settings: dict[str, Any]) -> Any:
    """Reads an explainer, where the settings allow it.

    Raises:
        MlflowException: `PERMISSION_DENIED`: they forbid pickles, which explainers are.
    """
    import shap

    if settings.get("serialization_format") == CLOUDPICKLE:
        return read_pickle(file)
    refuse_pickle(f"The explainer in {str(file)!r}")
    name = settings.get("underlying_model_flavor")
    loader = {}
    if name and name != _UNKNOWN:
        model = load_flavor_from_folder(get_flavor(name), payload_path(folder, _MODEL_FOLDER))
        loader = {"model_loader": lambda _stream: shap.models.Model(model.predict)}
    with file.open("rb") as stream:
        return shap.Explainer.load(stream, **loader)


def _explained(explainer: Any) -> Any:
    """The model whose method `predict` is explained; none when something else of it is."""
    function = getattr(getattr(explainer, "model", None), "inner_model", None)
    return getattr(function, "__self__", None) if getattr(function, "__name__", "") == "predict" else None
