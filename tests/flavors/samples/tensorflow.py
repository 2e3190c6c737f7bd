from __future__ import annotations

from typing import Any

from tests.flavors.samples import keras

data = keras.data


def models() -> dict[str, Any]:
    import tensorflow

    class Linear(tensorflow.Module):  # type: ignore[misc]  # it has no types
        def __init__(self) -> None:
            super().__init__()
            self.weights = tensorflow.Variable([[2.0], [-1.0]])

        def answer(self, x: Any) -> Any:
            return x @ self.weights

    spec = tensorflow.TensorSpec([None, 2], tensorflow.float32, "x")
    Linear.__call__ = tensorflow.function(Linear.answer, input_signature=[spec])
    return {**keras.models(), "module": Linear()}


def answers(model: Any, data: Any) -> Any:
    return keras.answers(model, data) if hasattr(model, "predict") else model(data).numpy()
