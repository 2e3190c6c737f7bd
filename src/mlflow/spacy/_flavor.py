"""The spaCy flavor."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import LOG_ORDER, Flavor, Payload, Predict
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.fetched import payload_path

_logger = logging.getLogger(__name__)

_FOLDER = "model.spacy"


def _save(model: Any, folder: Path, _options: dict[str, Any]) -> Payload:
    from spacy.pipeline import TextCategorizer

    model.to_disk(folder / _FOLDER)
    predicts = any(isinstance(component, TextCategorizer) for _, component in model.pipeline)
    if not predicts:
        _logger.warning(
            "The pipeline has no text categorizer, so the model cannot be loaded with mlflow.pyfunc, only with "
            "mlflow.spacy"
        )
    return Payload(flavor={"data": _FOLDER}, pyfunc={"data": _FOLDER} if predicts else None)


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    import spacy

    return spacy.load(payload_path(folder, settings.get("data") or _FOLDER))


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return lambda data, _params: _categories(model, data)


def _categories(model: Any, data: Any) -> Any:
    import pandas

    if len(data.columns) != 1:
        raise InvalidParameterValue(
            f"A spaCy model takes a table with one column of texts; got the columns {list(data.columns)}"
        )
    texts = data.iloc[:, 0]
    return pandas.DataFrame({"predictions": [document.cats for document in model.pipe(texts)]})


FLAVOR = Flavor(
    name="spacy",
    title="spaCy",
    library="spacy",
    package="spacy",
    packages=("numpy", "pandas"),
    save=_save,
    load=_load,
    loader_module="mlflow.spacy",
    version_key="spacy_version",
    predictor=_predictor,
    types=("spacy.language:Language",),
    model_argument="spacy_model",
    log_order=LOG_ORDER.replace("await_registration_for ", ""),
)
