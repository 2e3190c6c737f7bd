from __future__ import annotations

import ntpath
import posixpath
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._artifacts.paths import MAX_NAME_BYTES, MAX_PATH_BYTES, join_path, validate_path
from mlflow.exceptions import InvalidParameterValue

HOSTILE = ["..", "...", ".", "", "/", "//", "\\", "\x00", "\n", "%2e", "%2E%2e", "%252e%252e", "%2f", "%5c",
           "%255c", "%00", "C:", "c%3a", "file:", "s3://", "~", " ", ". ", "a", "é", "\ud800", "%"]  # fmt: skip

paths = st.one_of(
    st.lists(st.sampled_from(HOSTILE), max_size=8).map("/".join),
    st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join),
    st.text(max_size=40),
)


def accepted(path: str) -> str | None:
    try:
        return validate_path(path, allow_root=True)
    except InvalidParameterValue:
        return None


@given(paths)
def test_no_accepted_path_leaves_the_root_however_often_it_is_decoded(path: str) -> None:
    key = accepted(path)
    if key is None:
        return
    for form in (key, unquote(key), unquote(unquote(key))):
        assert posixpath.normpath(posixpath.join("/root/x", form)).startswith("/root/x")
        drive, rest = ntpath.splitdrive(ntpath.normpath(ntpath.join("D:\\root\\x", form)))
        assert (drive, rest[:7]) == ("D:", "\\root\\x")
        assert "\x00" not in form


@given(paths)
def test_the_normal_form_is_accepted_and_stays_as_it_is(path: str) -> None:
    key = accepted(path)
    if key is not None:
        assert validate_path(key, allow_root=True) == key
        assert not key.startswith("/")
        assert not key.endswith("/")


@pytest.mark.parametrize(
    "path",
    [
        "..", "../x", "a/../../x", "a/..", "/etc/passwd", "//host/share", "\\\\host\\share", "a\\..\\b", "C:/x", "C:x",
        "c:\\x", "%2e%2e/x", "%252e%252e/x", "..%2fx", "a%2f..%2f..%2fx", "%2fetc", "%252fetc", "%5c%5chost", "a%00",
        "a\x00b", "a\nb", "a\x7f", ".. /x", "... /x", "x/ /y", "file:///x", "./C:x", "x/C:/y", "s3://b/k", "\ud800", "x" * (MAX_NAME_BYTES + 1),
        "é" * 128, "/".join(["x" * 200] * 11),
    ],
)  # fmt: skip
def test_dangerous_paths_are_refused_and_named(path: str) -> None:
    with pytest.raises(InvalidParameterValue, match="Invalid artifact path '") as error:
        validate_path(path)
    error.value.serialize_as_json().encode()


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("a", "a"), ("model/MLmodel", "model/MLmodel"), ("plots/", "plots"), ("./a", "a"), ("a//b", "a/b"),
        ("a/./b", "a/b"), ("..a/b..", "..a/b.."), (".hidden", ".hidden"), ("100%.txt", "100%.txt"),
        ("a%20b", "a%20b"), ("Größe 1 (neu).png", "Größe 1 (neu).png"), ("日本/語.csv", "日本/語.csv"), ("ab:c", "ab:c"),
        ("~x", "~x"), ("x" * MAX_NAME_BYTES, "x" * MAX_NAME_BYTES),
    ],
)  # fmt: skip
def test_harmless_paths_are_kept_in_their_normal_form(path: str, key: str) -> None:
    assert validate_path(path) == key


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="/\\:"), min_size=1
    )
)
def test_a_plain_name_survives_when_it_is_quoted_for_a_url(name: str) -> None:
    key = accepted(name)
    if key is not None:
        assert unquote(quote(key)) == key


@pytest.mark.parametrize("path", ["", ".", "./", "././"])
def test_the_root_is_accepted_only_where_it_makes_sense(path: str) -> None:
    assert validate_path(path, allow_root=True) == ""
    with pytest.raises(InvalidParameterValue, match="names no file"):
        validate_path(path)


def test_the_limit_of_the_whole_path_counts_bytes() -> None:
    assert len(validate_path("/".join(["é" * 100] * 10)).encode()) <= MAX_PATH_BYTES
    with pytest.raises(InvalidParameterValue, match="longer than 2048 bytes"):
        validate_path("/".join(["é" * 100] * 11))


def test_joining_leaves_out_what_is_empty() -> None:
    assert join_path("a/", None, "", "/b/", "c") == "a/b/c"
    assert join_path(None, "") == ""


@pytest.mark.parametrize("step", [3, 10, 17, 2000])
def test_names_that_older_clients_give_to_stepped_pictures_are_accepted(step: int) -> None:
    name = (
        f"images/dog%step%{step}%timestamp%1795275204629%te85a3e2-8cd1-4a17-9803-fe9ddc607f04%compressed.webp"
    )
    assert validate_path(name) == name
