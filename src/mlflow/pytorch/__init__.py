"""Saving, logging and loading PyTorch models."""

from __future__ import annotations

from mlflow._flavors.module import lazy_flavor

__getattr__, __dir__, __all__ = lazy_flavor(
    __name__,
    {
        "load_state_dict": "mlflow.pytorch._state",
        "log_state_dict": "mlflow.pytorch._state",
        "save_state_dict": "mlflow.pytorch._state",
    },
    submodules=frozenset({"pickle_module"}),
)
