from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    import torch

    torch.manual_seed(0)
    return {"sequential": torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))}


def data() -> Any:
    return tables.features().astype("float32")


def answers(model: Any, data: Any) -> Any:
    import torch

    model.eval()
    with torch.no_grad():
        return model(torch.from_numpy(data.values)).numpy()
