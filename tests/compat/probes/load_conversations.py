"""Prints what the models of `save_conversations` answer, and what their folders say of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas

import mlflow
from mlflow.models import Model, validate_serving_input

CHAT = {"messages": [{"role": "user", "content": "hello you"}]}
REQUESTS: dict[str, list[dict[str, Any]]] = {
    "Chat": [CHAT, {**CHAT, "temperature": 0.5, "max_tokens": 7}],
    "Agent": [CHAT, {**CHAT, "context": {"user_id": "u"}, "custom_inputs": {"a": 1}}],
    "Responses": [
        {"input": [{"role": "user", "content": "hello you"}]},
        {"input": [{"role": "user", "content": "x"}], "temperature": 0.5, "custom_inputs": {"a": 1}},
    ],
}


def seen(folder: Path) -> dict[str, Any]:
    model, requests = mlflow.pyfunc.load_model(str(folder)), REQUESTS[folder.name]
    saved = Model.load(str(folder))
    settings = saved.flavors["python_function"]
    signature, serving_input = saved.signature, saved.get_serving_input(str(folder))
    assert signature is not None
    assert serving_input is not None
    return {
        "answers": [model.predict(request) for request in requests],
        "table": model.predict(pandas.DataFrame([requests[0]])),
        "pieces": list(model.predict_stream(requests[0])),
        "signature": signature.to_dict(),
        "metadata": saved.metadata,
        "loader": [settings["loader_module"], settings["streamable"]],
        "example": [saved.load_input_example(str(folder)), saved.saved_input_example_info],
        "served": validate_serving_input(str(folder), serving_input),
    }


if __name__ == "__main__":
    print(json.dumps({name: seen(Path(sys.argv[1]) / name) for name in REQUESTS}))
