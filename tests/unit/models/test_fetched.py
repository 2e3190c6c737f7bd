from __future__ import annotations

import gc
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mlflow.models.fetched import ModelFolder, closing, new_folder


class Owner:
    pass


@pytest.fixture
def fetched() -> ModelFolder:
    folder = new_folder()
    (folder / "payload").write_text("x")
    return ModelFolder(folder, folder)


def test_only_its_owner_may_open_a_fetched_folder(fetched: ModelFolder) -> None:
    assert stat.S_IMODE(fetched.path.stat().st_mode) == 0o700
    fetched.close()


def test_it_is_removed_when_nobody_keeps_it(fetched: ModelFolder) -> None:
    with pytest.raises(OSError, match="broken"), closing(fetched):
        raise OSError("broken")
    assert not fetched.path.exists()


def test_it_lives_as_long_as_its_owner(fetched: ModelFolder) -> None:
    owner = Owner()
    with closing(fetched):
        fetched.keep_with(owner)
    gc.collect()
    assert fetched.path.exists()
    del owner
    gc.collect()
    assert not fetched.path.exists()


def test_folders_that_lie_here_anyway_stay(tmp_path: Path) -> None:
    with closing(ModelFolder(tmp_path)) as folder:
        folder.keep_with(Owner())
    gc.collect()
    assert tmp_path.exists()


@pytest.mark.parametrize("keep", ["keep()", "keep_with(Owner())", "keep_with(owner)", "keep_with([])"])
def test_nothing_is_left_when_the_process_ends_and_children_remove_nothing(keep: str) -> None:
    script = f"""
import os
from mlflow.models.fetched import ModelFolder, new_folder
class Owner: pass
owner = Owner()
root = new_folder()
ModelFolder(root, root).{keep}
kept = root.exists()
child = os.fork()
if child == 0:
    raise SystemExit
os.waitpid(child, 0)
print(root, kept == root.exists())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    folder, same = done.stdout.split()
    assert same == "True"
    assert not Path(folder).exists()
