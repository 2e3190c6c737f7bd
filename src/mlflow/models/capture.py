"""What loading a model imports, seen in a process of its own and remembered.

The process imports the model's library first and loads the model then: only what comes in addition is the model's
own need. Reading what an object refers to does not show imports that happen inside functions; this does.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from mlflow._base.cache import cache_folder
from mlflow.environment_variables import MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT
from mlflow.exceptions import MlflowException
from mlflow.models.requirements import folder_time
from mlflow.version import VERSION

_CHILD = (
    "import json, sys; request = json.loads(sys.stdin.readline()); sys.path[:] = request['path']; "
    "from mlflow.pyfunc.capture import capture; capture(request['libraries'], sys.stdin)"
)


class ImportCapture:
    """Top-level modules that loading a model, and predicting on its example, imports beside its library.

    The answer is remembered for this environment and for models that refer to the same. Where there is none yet, a
    process finds it, which ends with the block at the latest.

    Args:
        libraries: Modules that are imported before; what they import in turn is not the model's own need.
        environment: Variables of the process beside those of this one.

    Example:
        `with ImportCapture(["sklearn"]) as capture: modules = capture.modules(folder, known)`
    """

    def __init__(self, libraries: Sequence[str], environment: dict[str, str] | None = None) -> None:
        self._libraries = list(libraries)
        self._environment = environment or {}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            _end(self._process)

    def begin(self) -> None:
        """Has the libraries imported while the model is still being written, if no model of them was seen before."""
        if not self._remembered().exists():
            self._process = self._started()

    def modules(self, folder: Path, known: Iterable[str], timeout: float | None = None) -> list[str]:
        """The modules.

        Args:
            folder: The model folder, with an MLmodel file in it.
            known: All that tells models apart: the modules that it refers to, digests of the user's own code.
            timeout: Seconds until the process is ended; `MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT` by default.

        Raises:
            MlflowException: The model could not be loaded in the process; the message ends with the reason.
        """
        file = self._remembered() / _digest("\n".join(sorted(known)))
        try:
            found: list[str] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            seconds = MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT.get() if timeout is None else timeout
            found = self._seen(folder, seconds)
            _remember(file, found)
        return found

    def _remembered(self) -> Path:
        """Folder of what is known of models of these libraries."""
        return cache_folder("imports") / _state_of_environment() / _digest("\n".join(self._libraries))

    def _started(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, **self._environment, "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "true"},
            start_new_session=True,  # so that what it starts ends with it
        )
        assert process.stdin is not None  # it was asked for
        path = [str(Path(entry).absolute()) for entry in sys.path]
        with suppress(BrokenPipeError):  # what it said of its end is told later
            process.stdin.write(f"{json.dumps({'path': path, 'libraries': self._libraries})}\n")
            process.stdin.flush()
        return process

    def _seen(self, folder: Path, timeout: float) -> list[str]:
        process = self._process = self._process or self._started()
        with TemporaryDirectory(prefix="model-imports-") as work:
            answer = Path(work) / "answer.json"
            question = {"folder": str(folder.absolute()), "answer": str(answer)}
            try:
                _, errors = process.communicate(json.dumps(question), timeout)
            except subprocess.TimeoutExpired:
                raise MlflowException(f"it was not done after {timeout:g} seconds") from None
            finally:
                _end(process)
                self._process = None
            try:
                found: list[str] = json.loads(answer.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                lines = errors.strip().splitlines() or [f"the process ended with {process.returncode}"]
                raise MlflowException(lines[-1]) from None
            return found


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _remember(file: Path, found: list[str]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f"{file.name}.{os.urandom(4).hex()}")
        new.write_text(json.dumps(found), encoding="utf-8")
        new.replace(file)
    except OSError:
        return  # A home that cannot be written to only costs time.


def _state_of_environment() -> str:
    """A digest that changes when a package is installed, removed or exchanged."""
    return _state(tuple(sys.path), tuple(folder_time(entry) for entry in sys.path))


@lru_cache(maxsize=4)
def _state(path: tuple[str, ...], _times: tuple[int, ...]) -> str:
    found = [VERSION, sys.version, sys.executable]
    for entry in path:
        # Folders that installers leave are named after the distribution and its version.
        found += sorted(f"{folder} {folder_time(str(folder))}" for folder in Path(entry).glob("*.dist-info"))
    return _digest("\n".join(found))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
