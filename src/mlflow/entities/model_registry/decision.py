"""An event of the registry's ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class Decision(_MlflowObject):
    """An event of the registry's ledger: something that somebody decided about a model.

    Attributes:
        seq: Its number; events are numbered from 1 without gaps.
        timestamp: Milliseconds since the epoch, by the clock of the store.
        action: What was done, such as `transition_stage`.
        name: Name of the registered model.
        version: Number of the version, as text, if it is about one.
        slot: Which piece of the model's state it set, such as `stage/3` or `alias/champion`.
        before: What held before; `None` if nothing did, or if it was erased.
        after: What holds from then on; `None` if nothing does, or if it was erased.
        actor: Who did it; empty if unknown or erased.
        known_by: How the actor is known: `authenticated`, `system`, `claimed` (by the client) or `unknown`.
        reason: Why; empty if none was given or it was erased.
        ticket: Where it was decided.
        client: Program that asked.
        request_id: What events of one request have in common.
        evidence: What was known of the version then: its run with metrics and parameters, datasets, commit.
        erased: Names of the parts that were erased: `who`, `why`, `what`, `evidence`.
        hash: Hash of the event, in hexadecimal digits.
        previous_hash: Hash of the event before.
    """

    seq: int
    timestamp: int
    action: str
    name: str
    version: str | None = None
    slot: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    actor: str = ""
    known_by: str = "unknown"
    reason: str = ""
    ticket: str = ""
    client: str = ""
    request_id: str = ""
    evidence: dict[str, Any] | None = None
    erased: tuple[str, ...] = field(default=())
    hash: str = ""
    previous_hash: str = ""
