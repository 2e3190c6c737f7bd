from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlflow._base.plugins import load_plugins


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed distributions."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    load_plugins.cache_clear()
    yield tmp_path
    load_plugins.cache_clear()


def install(site: Path, name: str, entry_points: str) -> None:
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry_points)


def test_an_environment_without_plug_ins_has_none(site: Path) -> None:
    install(site, "other", "[console_scripts]\nother = other:main\n")
    assert load_plugins("headrace.test_group") == {}


def test_what_entry_points_name_is_loaded(site: Path) -> None:
    install(site, "plug", "[headrace.test_group]\nfirst = json:dumps\nsecond = posixpath\n")
    import json
    import posixpath

    assert load_plugins("headrace.test_group") == {"first": json.dumps, "second": posixpath}


def test_one_that_cannot_be_loaded_is_left_out(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(site, "plug", "[headrace.test_group]\ngood = json:dumps\nbad = no_such_module:thing\n")
    assert list(load_plugins("headrace.test_group")) == ["good"]
    assert (
        "no_such_module:thing of the group headrace.test_group could not be loaded" in capsys.readouterr().err
    )
