from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def network() -> Any:
    import paddle

    paddle.seed(0)
    return paddle.nn.Sequential(paddle.nn.Linear(2, 3), paddle.nn.ReLU(), paddle.nn.Linear(3, 1))


def trained() -> Any:
    """A model of the high-level interface, after a step of training."""
    import paddle

    spec = paddle.static.InputSpec
    model = paddle.Model(network(), spec([None, 2], "float32", "x"), spec([None, 1], "float32", "y"))
    model.prepare(paddle.optimizer.Adam(parameters=model.parameters()), paddle.nn.MSELoss())
    model.train_batch([data()], [tables.numbers().to_numpy("float32").reshape(-1, 1)])
    return model


def models() -> dict[str, Any]:
    import paddle

    layer = paddle.jit.to_static(
        network(), input_spec=[paddle.static.InputSpec([None, 2], "float32")], full_graph=True
    )
    return {"model": trained(), "layer": layer}


def data() -> Any:
    return tables.features().astype("float32").values


def answers(model: Any, data: Any) -> Any:
    import paddle

    layer = model.network if isinstance(model, paddle.Model) else model
    layer.eval()
    return layer(paddle.to_tensor(data))
