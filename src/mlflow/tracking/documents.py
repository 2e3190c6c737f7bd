"""Texts, dictionaries and figures as the content of files."""

from __future__ import annotations

import json
import sys
from pathlib import PurePosixPath
from typing import Any

from mlflow.exceptions import InvalidParameterValue


def text_bytes(text: str) -> bytes:
    """Text as UTF-8.

    Raises:
        TypeError: It is no text.
    """
    if not isinstance(text, str):
        raise TypeError(
            f"A text is logged as str, got {type(text).__name__}; use str(...) or mlflow.log_dict"
        )
    return text.encode()


def dictionary_bytes(dictionary: Any, artifact_file: str) -> bytes:
    """A dictionary as YAML for `.yaml` and `.yml`, as JSON for every other name.

    What JSON has no form for is written as text.
    """
    if PurePosixPath(artifact_file).suffix in {".yaml", ".yml"}:
        import yaml

        return yaml.dump(dictionary, default_flow_style=False).encode()
    return json.dumps(dictionary, indent=2, default=str).encode()


def figure_bytes(figure: Any, artifact_file: str, save_kwargs: dict[str, Any] | None = None) -> bytes:
    """A figure of matplotlib or plotly in the form that the name's ending asks for.

    Args:
        figure: The figure.
        artifact_file: Name with an ending that the library can write; plotly also writes `.html`.
        save_kwargs: Further arguments of the library's own function.

    Raises:
        TypeError: It is no figure.
        InvalidParameterValue: The name has no ending.
    """
    suffix = PurePosixPath(artifact_file).suffix.lower()
    if not suffix:
        raise InvalidParameterValue(
            f"The name {artifact_file!r} does not say in which form the figure is saved; add an ending such as '.png'"
        )
    further = dict(save_kwargs or {})
    matplotlib = sys.modules.get("matplotlib.figure")
    if matplotlib is not None and isinstance(figure, matplotlib.Figure):
        return _matplotlib_bytes(figure, suffix, further)
    plotly = sys.modules.get("plotly.basedatatypes")
    if plotly is not None and isinstance(figure, plotly.BaseFigure):
        if suffix == ".html":
            return str(figure.to_html(**{"include_plotlyjs": "cdn", **further})).encode()
        image: bytes = figure.to_image(format=suffix[1:], **further)
        return image
    raise TypeError(f"Unsupported figure object type: '{type(figure)}'")


def _matplotlib_bytes(figure: Any, suffix: str, further: dict[str, Any]) -> bytes:
    from io import BytesIO

    content = BytesIO()
    figure.savefig(content, **{"format": suffix[1:], **further})
    return content.getvalue()
