from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    """A linear model: `y = x w + c`."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        [helper.make_node("Gemm", ["x", "w", "c"], ["y"])],
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [
            numpy_helper.from_array(np.array([[2.0], [-1.0]], dtype=np.float32), "w"),
            numpy_helper.from_array(np.array([1.0], dtype=np.float32), "c"),
        ],
    )
    # Old enough for every runtime that is tried.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return {"linear": model}


def data() -> Any:
    return tables.features().astype("float32")


def answers(model: Any, data: Any) -> Any:
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": data.values})[0]
