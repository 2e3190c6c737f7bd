"""Bundles that are handed over."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import mlflow
from mlflow import MlflowClient
from mlflow._ledger.bundle_check import check_bundle, read_bundle
from mlflow._session.stores import open_registry_store
from mlflow._storage.audit_bundle import write_bundle
from mlflow.exceptions import MlflowException


@pytest.fixture
def bundle(session: Path) -> Path:
    """A bundle about version 2 of a model that has three."""
    model = session / "model"
    model.mkdir()
    (model / "MLmodel").write_text("flavors: {}")
    mlflow.set_tracking_uri(f"sqlite:///{session}/store.db")
    client = MlflowClient()
    client.set_registry_policy("policies:\n  - models: fraud\n    require: {reason: true}\n")
    for version in (1, 2, 3):
        client.create_model_version("fraud", str(model))
        client.transition_model_version_stage(
            "fraud", version, "Production", True, reason=f"Better <than> {version - 1}", ticket="RISK-7"
        )
    path = session / "bundle.zip"
    write_bundle(open_registry_store(), "fraud", "2", path)
    return path


def test_a_bundle_is_checked_without_the_package(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "handed over"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    checked = subprocess.run(
        [sys.executable, "-I", "-S", folder / "verify.py"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    root = open_registry_store().decisions.anchor().root
    assert root in checked.stdout
    assert check_bundle(read_bundle(folder), root) == []
    assert "anchor says" in check_bundle(read_bundle(folder), "0" * 64)[0]
    report = (folder / "report.html").read_text()
    assert "Better &lt;than&gt; 1 RISK-7" in report
    manifests = [json.loads(file.read_text()) for file in (folder / "manifests").iterdir()]
    assert [manifest["files"][0][0] for manifest in manifests] == ["MLmodel"]
    heads = [event["head"] for event in json.loads((folder / "events.json").read_text())["events"]]
    assert {head[4] for head in heads} == {None, 2}
    assert {"create_registered_model", "transition_stage", "set_policy", "record_manifest"} <= {
        head[5] for head in heads
    }


def test_whatever_is_altered_is_detected(bundle: Path) -> None:
    files = read_bundle(bundle)
    events = files["events.json"]
    for name, content in {
        "events.json": events.replace(b"RISK-7", b"RISK-8", 1),
        "report.html": files["report.html"].replace(b"RISK-7", b"RISK-8"),
    }.items():
        assert check_bundle({**files, name: content}), name
    loaded = json.loads(events)
    for member, value in (
        ("head", [1, 0, 1, "fraud", None, "x", ""]),
        ("hash", "0" * 64),
        ("path", []),
        ("parts", 1),
    ):
        altered = json.loads(events)
        altered["events"][1][member] = value
        assert check_bundle({**files, "events.json": json.dumps(altered).encode()})
    loaded["events"].pop()
    assert check_bundle({**files, "events.json": json.dumps(loaded).encode()}) == [
        "report.html does not say what the events say"
    ]
    assert check_bundle({**files, "extra.txt": b""}) == ["extra.txt does not belong to the bundle"]
    assert check_bundle({**files, "events.json": b"[]"})
    missing = {name: content for name, content in files.items() if not name.startswith("manifests/")}
    assert "does not say what the events say" in check_bundle(missing)[0]


def test_there_is_no_bundle_about_nothing(bundle: Path) -> None:
    registry = open_registry_store()
    for name, version in (("nobody", None), ("fraud", "9")):
        with pytest.raises(MlflowException, match="Nothing was ever decided"):
            write_bundle(registry, name, version, bundle.with_name("other.zip"))
    assert not bundle.with_name("other.zip").exists()
