"""Prints the arguments that flavors' functions take in order, as JSON, for the flavors given as arguments.

Run by `test_models_peer.py` with the original and with ours; flavors that cannot be imported are left out.
"""

import importlib
import inspect
import json
import sys
from typing import Any


def main() -> None:
    found: dict[str, Any] = {}
    for name in sys.argv[1:]:
        try:
            module = importlib.import_module(f"mlflow.{name}")
        except ImportError:
            continue
        for function in ("save_model", "log_model", "load_model"):
            if hasattr(module, function):
                parameters = inspect.signature(getattr(module, function)).parameters.values()
                placed = [item.name for item in parameters if item.kind is item.POSITIONAL_OR_KEYWORD]
                found[f"{name}.{function}"] = placed
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
