"""Saves models of one's own with the importable `mlflow` below the folder of the first argument.

What a version does not know (hints, functions with a signature, models from code) is left out by version 1.
"""

import logging
import sys
import warnings
from pathlib import Path
from typing import Any

import mlflow
import mlflow.pyfunc

CODE = """
import mlflow
from mlflow.pyfunc import PythonModel

class FromCode(PythonModel):
    def predict(self, context, model_input, params=None):
        return ["code", context.model_config["answer"]]

mlflow.models.set_model(FromCode())
"""
ENVIRONMENT = {"dependencies": ["python=3.11", {"pip": ["mlflow"]}]}


class WithArtifact(mlflow.pyfunc.PythonModel):
    def load_context(self, context: Any) -> None:
        self.text = Path(context.artifacts["text"]).read_text()

    def predict(self, context: Any, model_input: Any) -> list[str]:
        return [self.text] * len(model_input)


class WithHint(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[str]) -> list[str]:
        return [text.upper() for text in model_input]


def function(model_input: Any) -> list[int]:
    return [len(model_input)]


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    root = Path(sys.argv[1])
    (root / "text.txt").write_text("kept")
    artifacts = {"text": str(root / "text.txt")}

    def save(name: str, **arguments: Any) -> None:
        mlflow.pyfunc.save_model(str(root / name), conda_env=ENVIRONMENT, **arguments)

    save("artifact", python_model=WithArtifact(), artifacts=artifacts)
    if mlflow.__version__.startswith("1."):
        return
    (root / "model_from_code.py").write_text(CODE)
    save("hint", python_model=WithHint())
    save("function", python_model=function, input_example=["a"])
    save("code", python_model=str(root / "model_from_code.py"), model_config={"answer": 42})


if __name__ == "__main__":
    main()
