from __future__ import annotations

from pathlib import Path

import pytest

from mlflow._base.project import find_project
from mlflow.exceptions import InvalidParameterValue


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_nearest_file_with_the_table_counts(tmp_path: Path) -> None:
    outer = write(tmp_path, '[tool.mlflow]\ntracking_uri = "http://outer:5000"\nexperiment_name = "wine"\n')
    write(tmp_path / "member", '[project]\nname = "member"\ndependencies = ["mlflow"]\n')
    (tmp_path / "member" / "deep").mkdir()
    found = find_project(tmp_path / "member" / "deep")
    assert found is not None
    assert (found.file, found.tracking_uri, found.registry_uri) == (outer, "http://outer:5000", None)
    assert found.experiment_name == "wine"
    inner = write(tmp_path / "member", "tool.mlflow.experiment_name = 'inner'\n")
    found = find_project(tmp_path / "member" / "deep")
    assert found is not None
    assert (found.file, found.tracking_uri) == (inner, None)


def test_without_a_file_there_is_no_project(tmp_path: Path) -> None:
    assert find_project(tmp_path) is None


def test_files_that_are_not_about_us_may_be_broken(tmp_path: Path) -> None:
    write(tmp_path, "[tool.other\n")
    assert find_project(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[tool.mlflow]\ntracking_uri = http://x\n", "line 2", "cannot be read"),
        ("\n\n[tool.mlflow]\ntracking_url = 'x'\n", "line 4", "Did you mean 'tracking_uri'"),
        ("[tool.mlflow]\nregistry_uri = 5\n", "line 2", "'registry_uri' in [tool.mlflow] is a text"),
        ("[tool.mlflow]\nexperiment_name = ' '\n", "line 2", "not empty"),
        ("tool.mlflow.tracking_uri = 1\n", "line 1", "is a text"),
        ("[tool]\nmlflow = 1\n", "line 2", "is a table"),
    ],
)
def test_a_broken_file_is_one_error_with_its_line(tmp_path: Path, text: str, line: str, reason: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(InvalidParameterValue) as caught:
        find_project(tmp_path)
    for part in (str(file), line, reason):
        assert part in caught.value.message


def test_a_file_in_another_encoding_is_that_error_too(tmp_path: Path) -> None:
    file = write(tmp_path, "")
    file.write_bytes(b'[tool.mlflow]\nexperiment_name = "\xff"\n')
    with pytest.raises(InvalidParameterValue, match=r"pyproject.toml cannot be read"):
        find_project(tmp_path)
