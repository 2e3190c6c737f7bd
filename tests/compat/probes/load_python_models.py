"""Prints, as JSON, what each model below the folder of the first argument predicts with the importable `mlflow`."""

import json
import logging
import sys
import warnings
from pathlib import Path

import mlflow.pyfunc


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    folders = sorted(file.parent for file in Path(sys.argv[1]).glob("*/MLmodel"))
    found = {folder.name: mlflow.pyfunc.load_model(str(folder)).predict(["a"]) for folder in folders}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
