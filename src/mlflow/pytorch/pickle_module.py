"""The module that pickles PyTorch models, by the name that MLmodel folders give it: code of a notebook goes along."""

from __future__ import annotations

from pickle import Unpickler

# It is imported where a model is pickled, never before.
from cloudpickle import Pickler, dump, dumps, load, loads  # noqa: TID253 - a module to pickle with

__all__ = ["Pickler", "Unpickler", "dump", "dumps", "load", "loads"]
