"""MLflow's own packages, each in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

FOLDER_VARIABLE = "HEADRACE_PEERS"
"""Names the folder of the environments; `.peers` in the repository if unset."""


class Peer(NamedTuple):
    """A version of MLflow.

    Attributes:
        name: Folder of its environment, and name of the script in `clients` that it runs.
        requirements: What is installed.
        python: Version of Python that it supports.
    """

    name: str
    requirements: tuple[str, ...]
    python: str

    @property
    def interpreter(self) -> Path:
        """Its Python, if it is installed."""
        return peers_folder() / self.name / "bin" / "python"

    @property
    def command(self) -> Path:
        """Its `mlflow`, if it is installed."""
        return peers_folder() / self.name / "bin" / "mlflow"


MLFLOW_317 = Peer("mlflow317", ("mlflow==3.17.2", "pillow"), "3.11")
MLFLOW_222 = Peer("mlflow222", ("mlflow==2.22.5", "pillow"), "3.11")
# Version 1.30 names no upper bounds for what it needs, so that they are named here.
MLFLOW_130 = Peer(
    "mlflow130",
    (
        "mlflow==1.30.1",
        "matplotlib<3.9",
        "numpy<2",
        "pandas<2",
        "pillow<11",
        "scikit-learn<1.3",
        "setuptools<81",
    ),
    "3.11",
)
PEERS = (MLFLOW_317, MLFLOW_222, MLFLOW_130)


def peers_folder() -> Path:
    """Where the environments are."""
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given).resolve() if given else Path(__file__).parents[2] / ".peers"


def install(peer: Peer) -> None:
    """Makes a peer's environment, if there is none.

    Raises:
        subprocess.CalledProcessError: It cannot be installed; uv's output says why.
    """
    done = peers_folder() / peer.name / ".installed"
    if done.exists() and done.read_text() == "\n".join(peer.requirements):
        return
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    environment = done.parent
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", peer.python, environment], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", peer.interpreter, *peer.requirements], check=True
    )
    done.write_text("\n".join(peer.requirements))
