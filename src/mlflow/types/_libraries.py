"""Recognising values of optional libraries without importing those libraries.

A value can only be, say, a DataFrame when its owner has imported pandas already.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    import numpy
    import pandas


def is_frame(value: object) -> TypeGuard[pandas.DataFrame]:
    """Whether the value is a pandas DataFrame."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


def is_series(value: object) -> TypeGuard[pandas.Series[Any]]:
    """Whether the value is a pandas Series."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.Series)


def is_array(value: object) -> TypeGuard[numpy.ndarray[Any, Any]]:
    """Whether the value is a numpy array."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def is_numpy_scalar(value: object) -> TypeGuard[numpy.generic]:
    """Whether the value is a scalar of numpy's own type."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.generic)


def is_sparse(value: object) -> bool:
    """Whether the value is a scipy sparse matrix or array in CSR or CSC form."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(value) and value.format in ("csr", "csc")  # type: ignore[attr-defined]


def is_dictionary_of_arrays(value: object) -> TypeGuard[dict[str, numpy.ndarray[Any, Any]]]:
    """Whether the value is a dictionary whose values are all numpy arrays; an empty one is not."""
    return isinstance(value, dict) and bool(value) and all(is_array(item) for item in value.values())
