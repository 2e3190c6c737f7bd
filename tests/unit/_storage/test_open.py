"""From a tracking URI to a store."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._storage.open import absolute_uri, forget_stores, open_sql_store, open_store
from mlflow.exceptions import InvalidParameterValue, StorageUnavailable


@pytest.mark.parametrize(
    ("uri", "absolute"),
    [
        ("sqlite:///mlflow.db", "sqlite:///{here}/mlflow.db"),
        ("sqlite:////data/x.db", "sqlite:////data/x.db"),
        ("sqlite:///sub/x.db?timeout=5", "sqlite:///{here}/sub/x.db"),
        ("./mlruns", "file://{here}/mlruns"),
        ("mlruns", "file://{here}/mlruns"),
        ("/data/a b", "file:///data/a%20b"),
        ("file:///data/a%20b", "file:///data/a%20b"),
        ("http://host:5000/", "http://host:5000"),
        ("https://host/prefix", "https://host/prefix"),
        ("postgresql://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+psycopg2://h/d", "postgresql+psycopg2://h/d"),
    ],
)
def test_a_uri_means_the_same_in_every_folder(
    uri: str, absolute: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute_uri(uri) == absolute.format(here=tmp_path.resolve())


@given(
    st.text(st.characters(exclude_characters="\x00?/", exclude_categories=["Cs"]), min_size=1, max_size=20)
)
def test_making_absolute_twice_changes_nothing(name: str) -> None:
    for uri in (f"sqlite:////data/{name}", f"/data/{name}"):
        once = absolute_uri(uri)
        assert absolute_uri(once) == once


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("mysql://h/d", "postgresql://"), ("mysql+pymysql://h/d", "postgresql://"), ("mssql+pyodbc://h/d", "PostgreSQL"),
        ("sqlite://", "three slashes"), ("sqlite:x.db", "three slashes"), ("sqlite:///:memory:", "in memory"),
        ("sqlite:///", "names no file"), ("", "empty"), ("databricks://x", "unknown scheme"),
    ],
)  # fmt: skip
def test_a_uri_that_opens_nothing_says_what_would(uri: str, words: str) -> None:
    with pytest.raises(InvalidParameterValue, match=words):
        open_store(uri)


def test_one_uri_is_one_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        store = open_store("sqlite:///a.db")
        assert open_store(f"sqlite:///{tmp_path / 'a.db'}") is store
        assert open_store("sqlite:///b.db") is not store
        assert (tmp_path / "a.db").exists()
    finally:
        forget_stores()
    with pytest.raises(StorageUnavailable, match="closed"):
        store.settings.ping()
    again = open_store("sqlite:///a.db")
    again.settings.ping()
    forget_stores()


@pytest.mark.parametrize("name", ["with space", "100%41", "a#b", "ü", "a'b"])
def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    store = open_sql_store(f"sqlite:///{tmp_path / name}.db")
    store.settings.ping()
    store.close()
    assert (tmp_path / f"{name}.db").exists()
    folder = open_sql_store(str(tmp_path / name))
    folder.settings.ping()
    folder.close()
    assert (tmp_path / name / "headrace.db").exists()


def test_a_folder_of_mlflow_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "meta.yaml").write_text("name: Default")
    with pytest.raises(InvalidParameterValue, match=r"file store.*untouched"):
        open_store(str(tmp_path))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["0", "meta.yaml"]
