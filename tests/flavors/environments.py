"""An environment for each flavor, with Headrace as it is here and the flavor's library, so that the core's stays small.

They are made once, below `.flavors` in the repository, and made again when their requirements change.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".flavors"

_CPU_TORCH = "torch==2.13.0"
# What MLflow 1.30 itself is installed with; see `tests.compat.peers`.
_OLDER = ("numpy<2", "pandas<2", "scipy<1.12")
_OLDER_SKLEARN = (*_OLDER, "scikit-learn<1.3")


@dataclass(frozen=True)
class Environment:
    """What a flavor is tested with.

    Attributes:
        name: Name of the flavor.
        requirements: Its library and what that needs.
        variables: What is set in the environment of its processes.
        older: Requirements for the comparison with MLflow 1.30, which knows only libraries of its time; empty where
            today's will do.
    """

    name: str
    requirements: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)
    older: tuple[str, ...] = ()

    @property
    def of_mlflow_1(self) -> Environment:
        """The environment to compare with MLflow 1.30: the same, if it has no older requirements."""
        return Environment(f"{self.name}-older", self.older, self.variables) if self.older else self

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return FOLDER / self.name / "bin" / "python"

    @property
    def libraries(self) -> Path:
        """The folder of its packages."""
        return next((FOLDER / self.name / "lib").glob("python*")) / "site-packages"

    def install(self) -> None:
        """Makes it, if it is not there.

        Raises:
            subprocess.CalledProcessError: It cannot be installed; the installer's output says why.
        """
        done = FOLDER / self.name / ".installed"
        if done.exists() and done.read_text() == "\n".join(self.requirements):
            return
        uv = str(Path(sys.executable).parent / "uv")
        _run(uv, "venv", "--quiet", "--clear", "--seed", "--python", sys.executable, str(FOLDER / self.name))
        rest = list(self.requirements)
        if _CPU_TORCH in rest:
            # Its build for processors only is where pip is told to look, which uv does not read.
            rest.remove(_CPU_TORCH)
            _run(str(self.python), "-m", "pip", "install", "--quiet", _CPU_TORCH)
        tools = ["pytest", "pytest-timeout", "hypothesis", "pandas", "skops"]
        _run(
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            str(self.python),
            "--editable",
            str(ROOT),
            *tools,
            *rest,
        )
        done.write_text("\n".join(self.requirements))

    def run(self, *arguments: str) -> int:
        """Runs its interpreter in the repository and gives its exit code."""
        environment = {**os.environ, **self.variables}
        return subprocess.run([self.python, *arguments], cwd=ROOT, env=environment, check=False).returncode


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


ENVIRONMENTS = {
    environment.name: environment
    for environment in (
        Environment("sklearn", ("scikit-learn",), older=_OLDER_SKLEARN),
        Environment("xgboost", ("xgboost", "scikit-learn")),
        Environment("lightgbm", ("lightgbm", "scikit-learn"), older=("lightgbm<5", *_OLDER_SKLEARN)),
        Environment("catboost", ("catboost",)),
        Environment("statsmodels", ("statsmodels", "pyarrow"), older=("statsmodels<0.15", *_OLDER)),
        Environment("pytorch", (_CPU_TORCH,)),
        Environment("onnx", ("onnx", "onnxruntime"), older=("onnx<1.16", "onnxruntime<1.18", *_OLDER)),
        Environment("keras", (_CPU_TORCH, "keras"), {"KERAS_BACKEND": "torch"}),
        Environment("tensorflow", ("tensorflow",), {"TF_CPP_MIN_LOG_LEVEL": "3"}),
        Environment("spacy", ("spacy",)),
        Environment("prophet", ("prophet",)),
        Environment("pmdarima", ("pmdarima",)),
        Environment("shap", ("shap", "scikit-learn", "pyarrow"), older=("shap<0.45", *_OLDER_SKLEARN)),
        Environment("transformers", (_CPU_TORCH, "transformers")),
        Environment("sentence_transformers", (_CPU_TORCH, "sentence-transformers")),
        Environment("langchain", ("langchain", "langchain-core")),
        Environment("spark", ("pyspark",)),
        Environment("openai", ("openai",)),
        Environment("h2o", ("h2o",)),
        Environment("dspy", ("dspy",)),
        Environment("llama_index", ("llama-index-core",)),
        Environment("paddle", ("paddlepaddle", "setuptools")),
        # With pandas 3 it fails at training.
        Environment("diviner", ("diviner", "pandas<3")),
    )
}
