"""Messages to the user: where they go and how they look."""

from __future__ import annotations

import logging
import sys

from mlflow.environment_variables import MLFLOW_CONFIGURE_LOGGING, MLFLOW_LOGGING_LEVEL


class _StderrHandler(logging.Handler):
    """Writes to what `sys.stderr` is at the moment, which notebooks and tests replace."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError, AttributeError):  # closed, or a program without a console
            self.handleError(record)


def get_logger(name: str) -> logging.Logger:
    """The logger of a name below `mlflow`; the first one asked for sets up the output.

    Nothing is set up where `mlflow` has handlers already, or `MLFLOW_CONFIGURE_LOGGING` is false.
    """
    root = logging.getLogger("mlflow")
    if not root.handlers and MLFLOW_CONFIGURE_LOGGING.get():
        handler = _StderrHandler()
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y/%m/%d %H:%M:%S")
        )
        root.addHandler(handler)
        root.setLevel((MLFLOW_LOGGING_LEVEL.get() or "INFO").upper())
        root.propagate = False
    return logging.getLogger(name)
