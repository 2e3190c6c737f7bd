"""Calls of a server that is logged to through a journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mlflow._storage.rest.calls import Calls
from mlflow._wire.shapes import Request, Response
from mlflow.exceptions import TemporarilyUnavailable

if TYPE_CHECKING:
    from mlflow._journal.sender import Sender
    from mlflow._storage.rest.transport import HttpTransport

T = TypeVar("T", bound=Response)


class JournaledCalls(Calls):
    """Calls that say what waits while the server is away.

    Args:
        transport: How the server is asked.
        sender: What sends the journal.
        settles: Whether they wait for what was logged before them.
    """

    def __init__(self, transport: HttpTransport, sender: Sender, *, settles: bool = True) -> None:
        super().__init__(transport)
        self._sender = sender
        self._settles = settles

    def call(self, name: str, request: Request, reply: type[T]) -> T:
        if self._settles:
            self._sender.settle()
        try:
            return super().call(name, request, reply)
        except TemporarilyUnavailable as error:
            if not self._sender.pending:
                raise
            raise TemporarilyUnavailable(
                f"{error.message} What was logged is not lost: {self._sender.pending} calls wait in "
                f"{self._sender.folder} until the server is back (mlflow.status() tells)."
            ) from error
