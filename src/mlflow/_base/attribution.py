"""Who changes the registry, why, and with what: what each event of the ledger says beside the change itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Literal, NamedTuple

from mlflow.environment_variables import MLFLOW_DECISION_REASON, MLFLOW_DECISION_TICKET
from mlflow.version import VERSION

KnownBy = Literal["authenticated", "system", "claimed", "unknown"]
"""How an actor is known: proven by credentials, told by the operating system, said by the client, or not at all."""

CLIENT = f"headrace/{VERSION}"


class Attribution(NamedTuple):
    """Who changes the registry, why, and with what.

    Attributes:
        actor: Who it is; empty if unknown.
        known_by: How that is known.
        reason: Why, in words.
        ticket: Where it was decided, such as the key of an issue.
        client: Program that asked, as it names itself, and where from.
        request_id: What tells the request from others.
        break_glass: Whether it is an emergency, in which policies that allow it can be broken.
    """

    actor: str = ""
    known_by: KnownBy = "unknown"
    reason: str = ""
    ticket: str = ""
    client: str = ""
    request_id: str = ""
    break_glass: bool = False


_of_request: ContextVar[Attribution | None] = ContextVar("attribution", default=None)
_why: ContextVar[tuple[str, str, bool] | None] = ContextVar("why", default=None)


def current_attribution() -> Attribution:
    """Who and why, as far as this thread knows: of the request that it answers, else of the user of the process."""
    given = _of_request.get()
    if given is not None:
        return given
    reason, ticket, break_glass = _why.get() or ("", "", False)
    return Attribution(
        user_name(),
        "system",
        reason or MLFLOW_DECISION_REASON.get() or "",
        ticket or MLFLOW_DECISION_TICKET.get() or "",
        CLIENT,
        break_glass=break_glass,
    )


@contextmanager
def attributed(attribution: Attribution) -> Iterator[None]:
    """Attributes what this thread changes to the sender of a request."""
    token = _of_request.set(attribution)
    try:
        yield
    finally:
        _of_request.reset(token)


@contextmanager
def giving(reason: str, ticket: str = "", break_glass: bool = False) -> Iterator[None]:
    """Gives the reason that the body of a request holds; what is empty stays as its headers say."""
    by = current_attribution()
    with attributed(
        by._replace(
            reason=reason or by.reason,
            ticket=ticket or by.ticket,
            break_glass=break_glass or by.break_glass,
        )
    ):
        yield


@contextmanager
def explained(reason: str | None, ticket: str | None, break_glass: bool = False) -> Iterator[None]:
    """Gives a reason for what is changed inside of the block; what is not given stays as it was around it."""
    outer = _why.get() or ("", "", False)
    token = _why.set((reason or outer[0], ticket or outer[1], break_glass or outer[2]))
    try:
        yield
    finally:
        _why.reset(token)


@lru_cache
def user_name() -> str:
    """Who runs this process, as the system knows them."""
    import getpass

    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # a user id without a name, as in some containers
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
