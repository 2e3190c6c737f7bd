"""Handlers: all that a page about a version shows, in one answer."""

from __future__ import annotations

from mlflow._base.attribution import current_attribution
from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._wire import version_pages as wire
from mlflow._wire.comments import comment_to_wire
from mlflow._wire.decisions import WireEvidence, alias_to_wire, decision_to_wire, held_to_wire
from mlflow._wire.model_versions import manifest_to_wire, version_to_wire
from mlflow._wire.transition_requests import pending_to_wire
from mlflow.entities.model_registry.model_version_stages import STAGE_PRODUCTION
from mlflow.entities.model_registry.registry_state import RegistryState
from mlflow.server.context import Context
from mlflow.server.routes import Handler

SHOWN_EVENTS = 100


def get_version_page(context: Context, request: wire.GetVersionPage) -> wire.VersionPageReply:
    store, name, number = context.store, request.name, request.version
    version = store.model_versions.get(name, number)
    state = store.decisions.state_at(name)
    (own,) = (item for item in state.versions if item.version == version.version)
    manifest = store.model_versions.manifest(name, number)
    actor = current_attribution().actor
    history = store.decisions.search(DecisionFilter(name, version.version), SHOWN_EVENTS)
    return wire.VersionPageReply(
        version_to_wire(version),
        state.seq,
        held_to_wire(own.stage_held),
        held_to_wire(own.registered),
        [alias_to_wire(item) for item in state.aliases if item.version == version.version],
        store.model_versions.protection(name, number),
        [pending_to_wire(item) for item in store.transition_requests.pending(name, number)],
        [comment_to_wire(item, actor) for item in store.comments.of_version(name, number)],
        None if manifest is None else manifest_to_wire(manifest),
        _facts(context, name, number),
        _rival(context, state, version.version),
        [decision_to_wire(event) for event in history],
    )


def _rival(context: Context, state: RegistryState, version: str) -> wire.WireRival | None:
    others = [item for item in state.in_stage(STAGE_PRODUCTION) if item.version != version]
    if not others:
        return None
    newest = max(others, key=lambda item: int(item.version))
    facts = _facts(context, state.name, newest.version)
    return wire.WireRival(newest.version, held_to_wire(newest.stage_held), facts)


def _facts(context: Context, name: str, version: str) -> list[WireEvidence]:
    found = context.store.model_versions.evidence(name, version)
    return [WireEvidence(kind, content) for kind, content in found.items()]


HANDLERS: dict[str, Handler] = {"get_version_page": get_version_page}
