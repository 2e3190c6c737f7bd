from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from mlflow._artifacts.open import open_artifacts
from mlflow._artifacts.plugin import PluginArtifactStore
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import InvalidParameterValue, MlflowException, ResourceDoesNotExist

PLUGIN = '''
import os, shutil

class FolderRepository:
    """What a third party's package may look like."""

    def __init__(self, artifact_uri):
        self.artifact_uri = artifact_uri
        self.root = artifact_uri.partition("://")[2]
        if "refused" in artifact_uri:
            raise ValueError("refused")

    def log_artifact(self, local_file, artifact_path=None):
        folder = os.path.join(self.root, artifact_path or "")
        os.makedirs(folder, exist_ok=True)
        shutil.copy(local_file, folder)

    def log_artifacts(self, local_dir, artifact_path=None):
        shutil.copytree(local_dir, os.path.join(self.root, artifact_path or ""), dirs_exist_ok=True)

    def list_artifacts(self, path=None):
        from mlflow.entities.file_info import FileInfo
        folder = os.path.join(self.root, path or "")
        if not os.path.isdir(folder):
            return []
        names = [os.path.join(path or "", name) for name in os.listdir(folder)]
        return [FileInfo(n, os.path.isdir(os.path.join(self.root, n)), None if os.path.isdir(os.path.join(self.root, n))
                else os.path.getsize(os.path.join(self.root, n))) for n in names]

    def download_artifacts(self, artifact_path, dst_path=None):
        return shutil.copy(os.path.join(self.root, artifact_path), dst_path)
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A package with an entry point, installed by hand."""
    site = tmp_path / "site"
    (site / "folder_plugin-1.0.dist-info").mkdir(parents=True)
    (site / "folder_plugin.py").write_text(PLUGIN)
    (site / "folder_plugin-1.0.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: folder-plugin\nVersion: 1.0\n"
    )
    (site / "folder_plugin-1.0.dist-info/entry_points.txt").write_text(
        "[mlflow.artifact_repository]\nfolder=folder_plugin:FolderRepository\nbroken=folder_plugin:Missing\n"
    )
    monkeypatch.syspath_prepend(str(site))
    yield
    sys.modules.pop("folder_plugin", None)


@pytest.mark.usefixtures("installed")
def test_a_plugins_scheme_is_a_store_like_any_other(tmp_path: Path) -> None:
    store = open_artifacts(f"folder://{tmp_path}/root")
    assert isinstance(store, PluginArtifactStore)
    assert store.list() == []
    store.write("a/ü.txt", [b"0123", b"456789"], 10)
    (tmp_path / "file").write_bytes(b"x")
    store.upload(tmp_path / "file", "b")
    assert store.list() == [FileInfo("a", True, None), FileInfo("b", False, 1)]
    assert store.list("a") == [FileInfo("a/ü.txt", False, 10)]
    assert b"".join(store.read("a/ü.txt", 2, 3)) == b"234"
    store.download("a/ü.txt", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"0123456789"
    with pytest.raises(ResourceDoesNotExist):
        store.read("missing")
    with pytest.raises(InvalidParameterValue, match="folder"):
        store.read("a")
    with pytest.raises(InvalidParameterValue, match="announced"):
        store.write("c", [b"1"], 2)
    assert not (tmp_path / "root/c").exists()
    with pytest.raises(MlflowException, match="cannot delete 'b'"):
        store.delete("b")
    shutil.rmtree(tmp_path / "root")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("uri", ["broken://x", "folder:///refused"])
def test_a_plugin_that_does_not_work_is_named(uri: str) -> None:
    with pytest.raises(
        MlflowException, match=r"The plug-in 'folder_plugin:\w+' for artifacts at \w+: could not be used"
    ):
        open_artifacts(uri)
