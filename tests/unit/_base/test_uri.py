from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._base.uri import (
    is_local_uri,
    join_uri,
    path_from_uri,
    redact_uri,
    split_uri,
    uri_from_path,
    uri_scheme,
)
from mlflow.exceptions import InvalidParameterValue

names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="/\\"), min_size=1
)


@pytest.mark.parametrize(
    ("uri", "scheme"),
    [
        ("s3://b/k", "s3"), ("mlflow-artifacts:/x", "mlflow-artifacts"), ("FILE:///x", "file"), ("runs:/r/x", "runs"),
        ("sqlite:///x.db", "sqlite"), ("/data", ""), ("./x", ""), ("C:\\data", ""), ("C:/data", ""), ("", ""),
        ("a/b:c", ""), ("postgresql+psycopg://h/d", "postgresql+psycopg"),
    ],
)  # fmt: skip
def test_the_scheme_is_read_and_a_drive_letter_is_none(uri: str, scheme: str) -> None:
    assert uri_scheme(uri) == scheme


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/data/x", "/data/x"), ("file:/data/x", "/data/x"), ("file:///data/x", "/data/x"),
        ("file://localhost/data/x", "/data/x"), ("file:///data/a%20b%23", "/data/a b#"), ("file:///data/a#b?c", "/data/a#b?c"),
        ("/data/../x", "/x"),
    ],
)  # fmt: skip
def test_every_form_of_a_local_place_is_one_path(uri: str, path: str) -> None:
    assert is_local_uri(uri)
    assert path_from_uri(uri) == Path(path)


@pytest.mark.parametrize(
    "uri", ["mlruns", "./mlruns", "file:mlruns", "file:./mlruns", "file://./mlruns", "./mlruns/"]
)
def test_a_relative_place_is_in_the_current_folder(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_from_uri(uri) == tmp_path / "mlruns"


def test_a_tilde_is_the_home_folder() -> None:
    assert path_from_uri("~/mlruns") == Path.home() / "mlruns"


def test_another_machine_or_scheme_is_no_local_path() -> None:
    assert not is_local_uri("file://nas/share/x")
    assert not is_local_uri("s3://b/k")
    with pytest.raises(InvalidParameterValue, match="another machine"):
        path_from_uri("file://nas/share/x")
    with pytest.raises(InvalidParameterValue, match="not a local path"):
        path_from_uri("s3://b/k")


@given(st.lists(names.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=4))
def test_a_path_survives_as_a_uri_whatever_its_names(parts: list[str]) -> None:
    path = Path("/", *parts)
    assert path_from_uri(uri_from_path(path)) == path
    assert path_from_uri(join_uri("file:///", *parts)) == path


@pytest.mark.parametrize(
    ("uri", "parts", "joined"),
    [
        ("s3://b/k/", ["a/", "/b c#1"], "s3://b/k/a/b c#1"), ("mlflow-artifacts:/", ["x"], "mlflow-artifacts:/x"),
        ("/data", ["a", "b"], "/data/a/b"), ("file:///data", ["a b"], "file:///data/a%20b"), ("s3://b", ["", "/"], "s3://b"),
        ("https://h/p?sig=1", ["a?b"], "https://h/p/a%3Fb?sig=1"), ("runs:/r", ["m"], "runs:/r/m"),
    ],
)  # fmt: skip
def test_parts_are_joined_behind_the_path(uri: str, parts: list[str], joined: str) -> None:
    assert join_uri(uri, *parts) == joined


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("postgresql://me:pw@h/db", "postgresql://me:***@h/db"), ("https://h/x?sig=abc&a=1", "https://h/x?sig=***&a=1"),
        ("https://h/x?X-Amz-Signature=ab", "https://h/x?X-Amz-Signature=***"), ("s3://b/k", "s3://b/k"),
        ("wasbs://c@a.blob.core.windows.net/p", "wasbs://c@a.blob.core.windows.net/p"), ("/a?token=b", "/a?token=b"),
        ("sqlite:///x.db", "sqlite:///x.db"), ("http://[::1:pw@h", "http:***"),
    ],
)  # fmt: skip
def test_secrets_are_not_shown(uri: str, shown: str) -> None:
    assert redact_uri(uri) == shown


@pytest.mark.parametrize(
    ("uri", "folder", "name"),
    [
        ("s3://b/k/a b%20#1", "s3://b/k", "a b%20#1"), ("s3://b/k/", "s3://b", "k"), ("s3://b", "s3://b", ""),
        ("/data/x/", "/data", "x"), ("file:///data/a%20b", "file:///data", "a b"), ("mlflow-artifacts:/1/x", "mlflow-artifacts:/1", "x"),
        ("https://h/p/a%20b.csv?sig=1/2", "https://h/p?sig=1/2", "a b.csv"), ("https://h/", "https://h", ""),
        ("mlflow-artifacts:/x", "mlflow-artifacts:/", "x"), ("mlflow-artifacts:/", "mlflow-artifacts:/", ""),
    ],
)  # fmt: skip
def test_the_last_name_is_split_off(uri: str, folder: str, name: str) -> None:
    assert split_uri(uri) == (folder, name)


@given(st.sampled_from(["s3://b/k", "https://h/p?sig=1/2", "file:///data", "/data"]), names)
def test_splitting_undoes_joining(root: str, name: str) -> None:
    if name not in {".", ".."}:
        assert split_uri(join_uri(root, name)) == (root, name)
