"""Loads every model of the folder given as first argument and prints its predictions as JSON.

Run by `test_models_peer.py` with the original and with ours; it uses public names only.
"""

import json
import logging
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mlflow.models
import mlflow.pyfunc
import mlflow.sklearn

FRAME = pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0)[::-1] ** 2})


def outcome(load: Callable[[str], Any], path: str) -> Any:
    try:
        return np.asarray(load(path).predict(FRAME)).tolist()
    except Exception as error:  # noqa: BLE001 - the kind of the error is the observation
        return f"{type(error).__name__}: {error}"


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    found: dict[str, Any] = {}
    # The original leaves a folder without an MLmodel file where it fails to save.
    for file in sorted(Path(sys.argv[1]).glob("*/MLmodel")):
        folder = file.parent
        path = str(folder)
        info = mlflow.models.get_model_info(path)
        found[folder.name] = {
            "pyfunc": outcome(mlflow.pyfunc.load_model, path),
            "signature": info.signature.to_dict() if info.signature else None,
            "requirements": Path(mlflow.pyfunc.get_model_dependencies(path)).read_text().splitlines(),
        }
        if "sklearn" in info.flavors:
            found[folder.name]["native"] = outcome(mlflow.sklearn.load_model, path)
            found[folder.name]["format"] = info.flavors["sklearn"]["serialization_format"]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
