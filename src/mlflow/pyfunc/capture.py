"""Run in a process of its own: which modules loading a model, and predicting on its example, imports."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TextIO

_INSTALLED = ("/site-packages/", "/dist-packages/")
_INITIALISING = "<module>"
_IMPORTLIB = "<frozen importlib."
_OURS = frozenset({"numpy", "pandas", "yaml"})
"""What our own code makes tables and reads MLmodel files with: importing that for ourselves is no need of the model."""


class _Recorder:
    """A finder that finds nothing, and writes down which top-level modules are looked for, by whom.

    What a library imports while it is itself imported is its own affair: it needs it anyway, or takes it because
    it happens to be there.
    """

    def __init__(self) -> None:
        self.found: set[str] = set()

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        del path, target
        frame = sys._getframe(1)
        if "." not in name and not _library_is_initialising(frame) and not _is_for_us(name, frame):
            self.found.add(name)


def _is_for_us(name: str, frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_filename.startswith(_IMPORTLIB):
        frame = frame.f_back
    importer = str(frame.f_globals.get("__name__")) if frame is not None else ""
    return name in _OURS and importer.partition(".")[0] == "mlflow"


def _library_is_initialising(frame: FrameType | None) -> bool:
    while frame is not None:
        code = frame.f_code
        if code.co_name == _INITIALISING and any(mark in code.co_filename for mark in _INSTALLED):
            return True
        frame = frame.f_back
    return False


def capture(libraries: Iterable[str], question: TextIO) -> None:
    """Loads the model of a folder and writes the top-level modules that this imports as JSON.

    Args:
        libraries: Modules that are imported before, as far as they are installed.
        question: Asked once they are: JSON with the model's `folder` and the file that gets the `answer`. Nothing is
            done when it ends without a word.
    """
    logging.disable(logging.CRITICAL)
    gc.disable()  # modules stay, and looking for garbage among them costs a tenth of importing them
    for library in libraries:
        with contextlib.suppress(ImportError):
            import_module(library)
    _import_loaders()
    gc.enable()
    asked = question.read()
    if not asked:
        return
    request = json.loads(asked)
    recorder = _Recorder()
    sys.meta_path.insert(0, recorder)
    try:
        _load(request["folder"])
    finally:
        sys.meta_path.remove(recorder)
    found = sorted(name for name in recorder.found if name in sys.modules)
    Path(request["answer"]).write_text(json.dumps(found), encoding="utf-8")


def _import_loaders() -> None:
    from mlflow._flavors import load, registry
    from mlflow.models import enforcement, example
    from mlflow.pyfunc import loading

    del load, registry, enforcement, example, loading


def _load(folder: str) -> None:
    from mlflow._flavors.load import load_flavor
    from mlflow._flavors.registry import FLAVORS, get_flavor
    from mlflow.models.example import read_example
    from mlflow.models.model import Model
    from mlflow.pyfunc.loading import load_model

    saved = Model.load(folder)
    if "python_function" not in saved.flavors:
        for name in FLAVORS.keys() & saved.flavors.keys():
            load_flavor(get_flavor(name), folder)
        return
    model = load_model(folder, suppress_warnings=True)
    example = read_example(saved.saved_input_example_info, Path(folder))
    if example is not None:
        # That it cannot answer its example was said when the signature was inferred.
        with contextlib.suppress(Exception):
            model.predict(example.data, example.params)
