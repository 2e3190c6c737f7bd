from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    return {"sequential": model, "graph": model, "pickled": model}


def arguments(name: str) -> dict[str, Any]:
    if name == "graph":
        return {"serialization_format": "pt2", "input_example": data().values[:4]}
    return {"serialization_format": "pickle"} if name == "pickled" else {}


def data() -> Any:
    return tables.features().astype("float32")


def answers(model: Any, data: Any) -> Any:
    import torch

    if not isinstance(model, torch.fx.GraphModule):  # a graph is in the mode that it was saved in
        model.eval()
    with torch.no_grad():
        return model(torch.from_numpy(data.values)).numpy()
