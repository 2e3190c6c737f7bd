from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlflow._search.check import check_filter
from mlflow._search.fields import runs
from mlflow._search.parser import parse_filter


def pieces(text: str) -> list[tuple[str, str]]:
    return [
        (text[piece.start : piece.end], piece.type.value) for piece in check_filter(text, runs.FIELDS).tokens
    ]


def test_a_valid_filter_has_tokens_and_a_tree_and_no_error() -> None:
    text = "metrics.a >= 0.5 and not (tags.`b c` in ('x', 1))"
    check = check_filter(text, runs.FIELDS)
    assert check.error is None
    assert check.tree == parse_filter(text, runs.FIELDS)
    assert pieces(text) == [
        ("metrics.a", "name"),
        (">=", "operator"),
        ("0.5", "number"),
        ("and", "keyword"),
        ("not", "keyword"),
        ("(", "punctuation"),
        ("tags.`b c`", "name"),
        ("in", "keyword"),
        ("(", "punctuation"),
        ("'x'", "text"),
        (",", "punctuation"),
        ("1", "number"),
        (")", "punctuation"),
        (")", "punctuation"),
    ]


def test_a_blank_filter_is_valid() -> None:
    check = check_filter("  ", runs.FIELDS)
    assert (check.tokens, check.tree, check.error) == ((), None, None)


def test_a_broken_filter_keeps_its_tokens_and_says_what_to_underline() -> None:
    text = "metrics.a == 1 AND tags.b = 'x"
    check = check_filter(text, runs.FIELDS)
    assert check.tree is None
    assert check.error is not None
    assert text[check.error.start : check.error.end] == "=="
    assert check.error.expected[0] == "="
    assert pieces(text)[1] == ("==", "invalid")
    assert pieces(text)[-1] == ("'x", "invalid")


def test_a_quoted_text_is_a_name_where_a_key_belongs() -> None:
    assert pieces("\"run_name\" = 'x'")[0] == ('"run_name"', "name")
    assert pieces("'run_name' LIKE 'x' AND run_id = 'y'")[2] == ("'x'", "text")


def test_a_filter_that_is_too_large_has_an_error_and_no_tokens() -> None:
    check = check_filter("x" * 500_001, runs.FIELDS)
    assert check.tokens == ()
    assert check.error is not None


@given(st.text())
def test_tokens_cover_all_but_white_space_and_the_error_is_that_of_the_parser(text: str) -> None:
    check = check_filter(text, runs.FIELDS)
    if check.tokens or check.error is None:
        covered = "".join(text[piece.start : piece.end] for piece in check.tokens)
        assert len(covered) >= len("".join(text.split()))
    assert check.error is None or check.tree is None
