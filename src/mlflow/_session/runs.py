"""The runs that are open in this process: a stack for each thread.

A thread starts with an empty stack, and so does a forked process: what it logs goes to runs of its own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from mlflow._storage.interface.store import Store
from mlflow.entities.run import Run


class OpenRun(NamedTuple):
    """A run that is open, and the store that keeps it, whatever store is chosen later."""

    run: Run
    store: Store


class _Threads(threading.local):
    runs: list[OpenRun]


_threads = _Threads()
_stacks: dict[int, list[OpenRun]] = {}  # those that hold something, for the end of the process
_last_ended: OpenRun | None = None


def open_runs() -> list[OpenRun]:
    """The stack of this thread, innermost run last."""
    try:
        return _threads.runs
    except AttributeError:
        _threads.runs = []
        return _threads.runs


def current_run() -> OpenRun | None:
    """The innermost open run of this thread."""
    stack = open_runs()
    return stack[-1] if stack else None


def push_run(entry: OpenRun) -> None:
    """Opens a run in this thread."""
    stack = open_runs()
    stack.append(entry)
    _stacks[id(stack)] = stack


def pop_run() -> OpenRun:
    """Closes the innermost run of this thread."""
    global _last_ended
    stack = open_runs()
    entry = stack.pop()
    if not stack:
        _stacks.pop(id(stack), None)
    _last_ended = entry
    return entry


def move_open_runs(run_ids: Collection[str], experiment_id: str) -> None:
    """Tells the open runs of this process that they belong to another experiment now."""
    for entry in all_open_runs():
        info = entry.run.info
        if info.run_id in run_ids:
            # In place: the objects that start_run gave out say so too.
            entry.run.__dict__["info"] = replace(info, experiment_id=experiment_id)


def last_run() -> OpenRun | None:
    """The innermost open run of this thread, else the run of this process that was closed last."""
    return current_run() or _last_ended


def all_open_runs() -> list[OpenRun]:
    """The open runs of all threads, innermost first."""
    return [entry for stack in list(_stacks.values()) for entry in reversed(stack)]


def take_all_runs() -> list[OpenRun]:
    """Closes the runs of all threads, innermost first."""
    taken = all_open_runs()
    for stack in list(_stacks.values()):
        stack.clear()
    _stacks.clear()
    return taken


def forget_runs() -> None:
    """Starts anew, without ending anything: what a forked process does."""
    global _threads, _last_ended
    _threads = _Threads()
    _stacks.clear()
    _last_ended = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_runs)
