"""Wire forms: all that a page about a version shows."""

from __future__ import annotations

from mlflow._wire.comments import WireComment
from mlflow._wire.decisions import WireAliasState, WireDecision, WireEvidence, WireHeld
from mlflow._wire.model_versions import ManifestReply, WireModelVersion
from mlflow._wire.shapes import Request, Response
from mlflow._wire.transition_requests import WirePendingRequest


class GetVersionPage(Request):
    """Asks for all that a page about a version shows."""

    name: str
    version: str


class WireRival(Response, omit_defaults=False):
    """The newest other version in Production, and what is known of it now."""

    version: str
    held: WireHeld
    facts: list[WireEvidence]


class VersionPageReply(Response, omit_defaults=False):
    """All that a page about a version shows.

    `held` says since when it is in its stage, by whom and why; `facts` are what a decision would freeze now; `history`
    is the latest events about it, the newest first; `seq` is the last event that the page knows.
    """

    version: WireModelVersion
    seq: int
    held: WireHeld
    registered: WireHeld
    aliases: list[WireAliasState]
    protected_by: list[str]
    requests: list[WirePendingRequest]
    comments: list[WireComment]
    manifest: ManifestReply | None
    facts: list[WireEvidence]
    production: WireRival | None
    history: list[WireDecision]
