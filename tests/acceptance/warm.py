"""Runs scripts in processes that begin with the heavy packages loaded, which each would load for seconds.

Reads requests from stdin, a JSON object a line: `arguments` (a script and what follows it), `folder`, `environment`,
`output` (a file). Answers each with the exit code of its process.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import sklearn.datasets
import sklearn.ensemble
import sklearn.model_selection

LOADED = (np, pd, plt, sklearn, sns)


def main() -> None:
    """Forks a process for each request, which ends as the interpreter of a script ends."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(request: dict[str, Any]) -> None:
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    with Path(os.devnull).open() as nothing, Path(request["output"]).open("w") as output:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    sys.argv = request["arguments"]
    sys.path[0] = str(Path(sys.argv[0]).absolute().parent)
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
