"""A transformers pipeline as `mlflow.pyfunc` uses it: the answer alone, without the wrapping of each task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Predict
from mlflow.models.signature import ModelSignature
from mlflow.types._libraries import is_frame
from mlflow.types.schema import ColSpec, DataType, Schema

_TABLES = ("text-classification", "sentiment-analysis", "image-classification", "audio-classification")


def usual_signature(task: str) -> ModelSignature | None:
    """What pipelines of a task take and give, for those that take texts."""
    texts = Schema([ColSpec(DataType.string)])
    if task in ("text-classification", "sentiment-analysis"):
        return ModelSignature(
            texts, Schema([ColSpec(DataType.string, "label"), ColSpec(DataType.double, "score")])
        )
    if task in (
        "text-generation",
        "text2text-generation",
        "fill-mask",
        "token-classification",
        "ner",
        "summarization",
    ):
        return ModelSignature(texts, texts)
    return None


def predictor(pipeline: Any, _folder: Path, settings: dict[str, Any]) -> Predict:
    """Answers of a pipeline, with the model's configuration and the parameters as its arguments."""
    config = settings.get("config") or {}
    template = settings.get("prompt_template")

    def predict(data: Any, params: dict[str, Any] | None) -> Any:
        given = _inputs(data)
        if template is not None:
            given = [template.format(prompt=text) for text in given]
        arguments = {**config, **(params or {})}
        found = pipeline(**given, **arguments) if isinstance(given, dict) else pipeline(given, **arguments)
        return _answers(pipeline.task, found)

    return predict


def _inputs(data: Any) -> Any:
    """What a pipeline takes: a list, or a dictionary of its arguments."""
    if is_frame(data):
        if len(data.columns) == 1:
            return data.iloc[:, 0].tolist()
        rows = data.to_dict(orient="records")
        return rows[0] if len(rows) == 1 else rows
    if isinstance(data, dict | list):
        return data
    return [data] if isinstance(data, str | bytes) else list(data)


def _answers(task: str, found: Any) -> Any:
    if task in _TABLES:
        import pandas

        rows = found if isinstance(found, list) else [found]
        return pandas.DataFrame([item for row in rows for item in (row if isinstance(row, list) else [row])])
    if task == "zero-shot-classification":
        import pandas

        rows = found if isinstance(found, list) else [found]
        return pandas.concat([pandas.DataFrame(row) for row in rows], ignore_index=True)
    if task == "feature-extraction":
        import numpy

        return numpy.concatenate([numpy.asarray(matrix)[0] for matrix in found])
    return [_text(task, row) for row in found] if isinstance(found, list) else _text(task, found)


def _text(task: str, row: Any) -> Any:
    """The text in the answer for one input."""
    if task in ("token-classification", "ner"):
        return ",".join(token.get("entity_group") or token["entity"] for token in row)
    best = row[0] if isinstance(row, list) and row else row
    if not isinstance(best, dict):
        return best
    keys = ("token_str", "answer", *(key for key in best if key.endswith("_text")))
    return next((best[key] for key in keys if key in best), best)
