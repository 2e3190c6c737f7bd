"""How runs end that nobody ends: with the process."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from functools import cache
from types import FrameType

from mlflow._session.runs import OpenRun, all_open_runs, take_all_runs
from mlflow.exceptions import MlflowException
from mlflow.tracking import runs
from mlflow.tracking.background import finish_journals, flush_artifact_async_logging, flush_async_logging

_TERMINATION_S = 5.0
"""How long a process that is told to terminate may take to say so."""

_is_exit_watched = False


def watch_endings() -> None:
    """Has open runs ended with the process: at its exit, and when it is told to terminate.

    A program that handles SIGTERM itself is left to do so.
    """
    global _is_exit_watched
    if not _is_exit_watched:
        import atexit

        atexit.register(_end_all)
        _is_exit_watched = True
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    ):
        signal.signal(signal.SIGTERM, _terminate)
        _watch_forks()


@cache
def _watch_forks() -> None:
    """Gives forked processes, which have no open runs, the signal's default action again.

    It is held back during the fork: Python forgets what arrives before the child can handle it.
    """
    before: list[set[signal.Signals]] = []

    def hold() -> None:
        before.append(set(signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})))  # type: ignore[arg-type]  # numbers and names alike

    def release() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before.pop())

    def release_in_child() -> None:
        if signal.getsignal(signal.SIGTERM) is _terminate:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        release()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=hold, after_in_parent=release, after_in_child=release_in_child)


def _end_all() -> None:
    """Ends what is open: as FAILED when an exception ended the process."""
    status = "FAILED" if hasattr(sys, "last_value") and not hasattr(sys, "ps1") else "FINISHED"
    _flush()
    _end(take_all_runs(), status)
    finish_journals()


def _flush() -> None:
    flush_async_logging()
    flush_artifact_async_logging()


def _end(entries: Sequence[OpenRun], status: str) -> None:
    for entry in entries:
        try:
            runs.end_run(entry.store, entry.run.info.run_id, status)
        except MlflowException as error:
            from mlflow._base.logs import get_logger

            get_logger("mlflow.tracking.fluent").warning(
                "Run %s could not be ended: %s", entry.run.info.run_id, error
            )


def _terminate(number: int, frame: FrameType | None) -> None:
    """Ends open runs as KILLED, and then the process as the signal would have.

    The main thread goes on meanwhile: it may hold a lock that is needed to end the runs. They stay open in this
    process, so that what it still logs starts no other run.
    """
    del frame
    signal.signal(number, signal.SIG_DFL)

    def kill_runs() -> None:
        _flush()
        _end(all_open_runs(), "KILLED")
        finish_journals(_TERMINATION_S)

    def end() -> None:
        ending = threading.Thread(target=kill_runs, daemon=True)
        ending.start()
        ending.join(2 * _TERMINATION_S)
        os.kill(os.getpid(), number)

    threading.Thread(target=end, name="mlflow-termination", daemon=True).start()
