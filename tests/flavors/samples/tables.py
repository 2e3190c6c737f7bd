"""A table with two features and targets, for libraries that learn from tables."""

from __future__ import annotations

from typing import Any


def features() -> Any:
    import numpy as np
    import pandas as pd

    values = np.arange(40, dtype=np.float64)
    return pd.DataFrame({"a": values / 4, "b": (values * 7 % 11) / 2})


def classes() -> Any:
    return (features()["a"] > 4).astype("int64")


def numbers() -> Any:
    table = features()
    return 2 * table["a"] - table["b"] + 1
