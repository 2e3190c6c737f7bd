"""Bundles of everything that was decided about a model, to be handed to somebody without access."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from mlflow._ledger import bundle_check
from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._storage.interface.store import Store
from mlflow.entities.model_registry.decision import Decision
from mlflow.exceptions import ResourceDoesNotExist, TemporarilyUnavailable

_PAGE = 1000
_ATTEMPTS = 5
_SAME_EVERY_TIME = (1980, 1, 1, 0, 0, 0)


def write_bundle(registry: Store, name: str, version: str | None, path: Path) -> int:
    """Writes a bundle: report, events with their proofs, manifests, and a script that checks it all.

    Args:
        registry: Store that has the registry.
        name: The registered model.
        version: A version, with what was decided about the model as a whole; all of them by default.
        path: The zip file; it appears when it is complete.

    Returns:
        How many events it has.

    Raises:
        ResourceDoesNotExist: Nothing was ever decided about it.
        TemporarilyUnavailable: The ledger grows faster than it can be read.
    """
    content, count = bundle_of(registry, name, version)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return count


def bundle_of(registry: Store, name: str, version: str | None) -> tuple[bytes, int]:
    """As `write_bundle`, with the content of the zip file and the number of its events."""
    for _ in range(_ATTEMPTS):
        bundle = _collect(registry, name, version)
        if bundle is not None:
            break
    else:
        raise TemporarilyUnavailable("The ledger grew while it was read, again and again; try again later")
    files = {bundle_check.EVENTS: json.dumps(bundle, ensure_ascii=False, indent=1).encode()}
    files |= bundle_check.derived_files(bundle)
    files[bundle_check.SCRIPT] = Path(bundle_check.__file__).read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(file, _SAME_EVERY_TIME), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue(), len(bundle["events"])


def _collect(registry: Store, name: str, version: str | None) -> dict[str, Any] | None:
    """Events with proofs of one state of the ledger; `None` if it grew in between."""
    chosen = [
        event for event in _events(registry, name) if version is None or event.version in (None, version)
    ]
    if not chosen or (version is not None and all(event.version is None for event in chosen)):
        what = f"version {version} of {name!r}" if version else repr(name)
        raise ResourceDoesNotExist(f"Nothing was ever decided about {what}")
    numbers = {event.seq for event in chosen}
    numbers |= {
        policy["event"]
        for event in chosen
        if (policy := (registry.decisions.get(event.seq).evidence or {}).get("policy"))
    }
    proofs = [registry.decisions.proof(number) for number in sorted(numbers)]
    if len({proof.size for proof in proofs}) > 1:
        return None
    return {
        "form": bundle_check.FORM,
        "name": name,
        "version": version or "",
        "size": proofs[0].size,
        "root": proofs[0].root,
        "events": [
            {
                "head": proof.head,
                "parts": proof.parts,
                "digests": proof.digests,
                "previous": proof.previous,
                "hash": proof.hash,
                "path": proof.path,
            }
            for proof in proofs
        ],
    }


def _events(registry: Store, name: str) -> list[Decision]:
    found: list[Decision] = []
    token: str | None = None
    while True:
        page = registry.decisions.search(DecisionFilter(name=name), _PAGE, token, newest_first=False)
        found += page
        token = page.token
        if not token:
            return found
