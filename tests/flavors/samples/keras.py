from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, "relu"), keras.layers.Dense(1)])
    model.compile(loss="mse")
    return {"sequential": model}


def data() -> Any:
    return tables.features().astype("float32").values


def answers(model: Any, data: Any) -> Any:
    return model.predict(data, verbose=0)
