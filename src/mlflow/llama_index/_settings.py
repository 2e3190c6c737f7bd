"""The library's global settings, such as its language model: kept beside a model as data, without keys."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from mlflow._flavors.library import class_name, load_class

_logger = logging.getLogger(__name__)

FILE = "settings.json"

# What the library fills in with its defaults when it is first asked for is under names with an underscore.
_COMPONENTS = ("_llm", "_embed_model", "_node_parser", "_prompt_helper")
_LISTS = ("_transformations",)


def write(folder: Path) -> None:
    """Writes what is set now; what cannot be written as data is told."""
    from llama_index.core import Settings

    found: dict[str, Any] = {}
    for name in _COMPONENTS:
        component = getattr(Settings, name, None)
        if component is not None and (form := _form(component)) is not None:
            found[name] = form
    for name in _LISTS:
        forms = [_form(component) for component in getattr(Settings, name, None) or []]
        if forms and None not in forms:
            found[name] = forms
    (folder / FILE).write_text(json.dumps(found, indent=2), encoding="utf-8")


def restore(folder: Path) -> None:
    """Sets what was written beside a model, if anything was."""
    from llama_index.core import Settings
    from llama_index.core.schema import BaseComponent

    file = folder / FILE
    if not file.exists():
        return
    found = json.loads(file.read_text(encoding="utf-8"))

    def made(form: dict[str, Any]) -> Any:
        return load_class(form["object_constructor"], BaseComponent)(**form["object_kwargs"])

    for name in _COMPONENTS:
        if name in found:
            setattr(Settings, name, made(found[name]))
    for name in _LISTS:
        if name in found:
            setattr(Settings, name, [made(form) for form in found[name]])


def _form(component: Any) -> dict[str, Any] | None:
    """Class and arguments of a component as JSON has them; `None` if there is no such form of it."""
    fields = getattr(type(component), "model_fields", {})
    try:
        kept = {
            name: value
            for name, value in json.loads(json.dumps(component.to_dict())).items()
            # Keys come from the environment where the model is loaded.
            if name in fields and "api_key" not in name and not isinstance(value, dict)
        }
        form = {"object_constructor": class_name(component), "object_kwargs": kept}
        type(component)(**kept)
    except Exception as error:  # noqa: BLE001 - components refuse to be written or made with any error they like
        _logger.warning(
            "The setting %s of LlamaIndex is not kept with the model (%s: %s); set it before the model is loaded.",
            type(component).__name__,
            type(error).__name__,
            error,
        )
        return None
    return form
