"""Saves the samples of a flavor, and loads what was saved and prints its predictions; ours and MLflow's.

    python tests/flavors/probe.py FLAVOR save=FOLDER load=FOLDER load=OTHER

It uses public names only. The variable HEADRACE_LIBRARIES names a further folder to import from, for environments
that have MLflow and not the library. The answer is a JSON list with what each step found: `save` writes a folder for
each model and gives the errors of those that it could not; `load` gives, for each model, the outcomes of the library's
own loader and of pyfunc.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
if further := os.environ.get("HEADRACE_LIBRARIES"):
    sys.path.append(further)

from tests.flavors.plain import plain

ANSWER = "the answer: "


def save(flavor: str, folder: Path) -> dict[str, str]:
    sample = importlib.import_module(f"tests.flavors.samples.{flavor}")
    module = importlib.import_module(f"mlflow.{flavor}")
    # Inferring them takes the original seconds for each model, and they are not compared.
    arguments = getattr(sample, "arguments", None)
    errors = {}
    for name, model in sample.models().items():
        call = partial(module.save_model, model, path=str(folder / name), pip_requirements=[flavor])
        error = outcome(partial(call, **(arguments(name) if arguments else {})), name)
        if error is not None:
            errors[name] = error
    return errors


def load(flavor: str, folder: Path) -> dict[str, Any]:
    import mlflow.pyfunc

    sample = importlib.import_module(f"tests.flavors.samples.{flavor}")
    module = importlib.import_module(f"mlflow.{flavor}")
    read = module.load_model if hasattr(module, "load_model") else module.load_explainer

    def native(path: str) -> Any:
        return plain(sample.answers(read(path), sample.data()))

    def pyfunc(path: str) -> Any:
        return plain(mlflow.pyfunc.load_model(path).predict(sample.data()))

    found = {}
    for file in sorted(folder.glob("*/MLmodel")):
        path = str(file.parent)
        found[file.parent.name] = {
            "native": outcome(partial(native, path), f"{path} native"),
            "pyfunc": outcome(partial(pyfunc, path), f"{path} pyfunc"),
        }
    return found


def outcome(call: Callable[[], Any], what: str) -> Any:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - the error is the observation
        print(what, traceback.format_exc(), file=sys.stderr)
        return " ".join(f"{type(error).__name__}: {error}".split())


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    flavor, *steps = sys.argv[1:]
    found = []
    for step in steps:
        command, _, folder = step.partition("=")
        found.append((save if command == "save" else load)(flavor, Path(folder)))
    print(f"\n{ANSWER}{json.dumps(found)}", flush=True)
    os._exit(0)  # some libraries leave threads behind that never end


if __name__ == "__main__":
    main()
