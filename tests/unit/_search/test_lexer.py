from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._search.errors import FilterSyntaxError
from mlflow._search.lexer import MAX_CHARACTERS, MAX_TOKENS, TokenType, split_name, tokenize


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.type.value, token.text) for token in tokenize(text)[:-1]]


@pytest.mark.parametrize(
    "name",
    [
        "run_name",
        "metrics.acc",
        "metrics.a.b.c",
        "metrics.train/loss",
        "metrics.a-b",
        "metrics.1x",
        "tags.mlflow.user",
        "params.日本",
        "metrics.`a b`",
        'metrics."a b"',
        "metrics.'a b'",
        "span.attributes.`a b`",
        "`run name`",
        "`metrics`.acc",
        "`metrics`.`a b`",
        "params.in",
    ],
)
def test_a_name_is_one_token(name: str) -> None:
    assert kinds(f"{name} > 1") == [("name", name), ("operator", ">"), ("number", "1")]


@pytest.mark.parametrize("number", ["1", "-1", "+1", "0.5", ".5", "-.5", "1.", "1e3", "1E-3", "1.5e+10"])
def test_a_number_is_one_token(number: str) -> None:
    assert kinds(f"a={number}") == [("name", "a"), ("operator", "="), ("number", number)]


@pytest.mark.parametrize("word", ["1x", "0x1", "1_0", "1.2.3", "1-2", "1e", "٣"])
def test_what_only_begins_like_a_number_is_a_name(word: str) -> None:
    assert kinds(word) == [("name", word)]


@pytest.mark.parametrize("word", ["and", "And", "AND", "or", "nOt", "like", "in", "is", "null", "between"])
def test_keywords_are_known_in_any_case(word: str) -> None:
    assert kinds(word) == [("keyword", word.upper())]


def test_a_letter_that_only_upper_cases_to_ascii_makes_no_keyword() -> None:
    assert kinds("\N{LATIN SMALL LETTER DOTLESS I}n")[0][0] == "name"


@pytest.mark.parametrize("text", ["'a'", '"a"', "''", "'it''s'", '"it\'s"', "'a\nb'", "'C:\\dir\\'", "'`'"])
def test_a_quoted_text_is_one_token(text: str) -> None:
    assert kinds(f"a = {text}")[2:] == [("text", text)]


@pytest.mark.parametrize(
    "text",
    ["-- c", "# c", "/* c */", "/* c", "'a", '"a', "`a", ";", "==", "<>", "=>", "!", "&&", "[", "%", "."],
)
def test_what_the_language_does_not_know_is_an_invalid_token(text: str) -> None:
    assert kinds(text) == [("invalid", text)]


def test_a_comment_needs_no_space_before_it() -> None:
    assert kinds("a>1--c") == [("name", "a"), ("operator", ">"), ("number", "1"), ("invalid", "--c")]
    assert kinds("a-b--c") == [("name", "a-b"), ("invalid", "--c")]


def test_white_space_is_needed_nowhere_and_allowed_everywhere() -> None:
    tight = "run_id IN('a','b')AND metrics.a>-1"
    assert kinds(tight) == kinds(" run_id\nIN\t( 'a' , 'b' )  AND metrics.a > -1 \u3000")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_tokens_lie_in_order_and_only_white_space_lies_between(text: str) -> None:
    position = 0
    for token in tokenize(text):
        assert text[position : token.start].strip() == ""
        assert token.type is TokenType.KEYWORD or token.text == text[token.start : token.end]
        assert token.start < token.end or token.type is TokenType.END
        position = token.end
    assert position == len(text)


@pytest.mark.parametrize(
    ("name", "prefix", "key"),
    [
        ("run_name", None, "run_name"),
        ("`run name`", None, "run name"),
        ('"run name"', None, "run name"),
        ("metrics.acc", "metrics", "acc"),
        ("metrics.a.b", "metrics", "a.b"),
        ("metrics.`a.b`", "metrics", "a.b"),
        ("metrics.`a``b`", "metrics", "a``b"),
        ('metrics."a`\'b"', "metrics", "a`'b"),
        ("span.attributes.`a b`", "span", "attributes.a b"),
        ("`metrics`.acc", "metrics", "acc"),
        ("`metrics`.'a b'", "metrics", "a b"),
        ("metrics.", "metrics", ""),
        ("`a.b`", None, "a.b"),
    ],
)
def test_a_name_is_split_at_its_first_dot(name: str, prefix: str | None, key: str) -> None:
    assert split_name(name) == (prefix, key)


def test_a_text_that_is_too_long_is_refused() -> None:
    tokenize(" " * MAX_CHARACTERS)
    with pytest.raises(FilterSyntaxError, match="at most 500,000 are read"):
        tokenize(" " * (MAX_CHARACTERS + 1))


def test_too_many_tokens_are_refused() -> None:
    assert len(tokenize("(" * MAX_TOKENS)) == MAX_TOKENS + 1
    with pytest.raises(FilterSyntaxError, match="more than 25,000 words and signs") as caught:
        tokenize("(" * (MAX_TOKENS + 1))
    assert (caught.value.start, caught.value.end) == (MAX_TOKENS, MAX_TOKENS + 1)


@pytest.mark.parametrize("code_point", [0, 0xD800, 0xDFFF])
def test_characters_that_no_store_can_hold_are_refused_where_they_are(code_point: int) -> None:
    with pytest.raises(FilterSyntaxError, match="at character 11") as caught:
        tokenize(f"tags.a = '{chr(code_point)}'")
    assert (caught.value.start, caught.value.end) == (10, 11)


@pytest.mark.parametrize(
    "piece",
    [" ", "1", "a", "a-", "a.", "1.", "'", "`", '"', "''", "=", "--", "/*", "a.`", "a.'", "-", "\n#", "1e"],
)
def test_time_grows_with_the_length_alone(piece: str) -> None:
    text = (piece * MAX_CHARACTERS)[: MAX_CHARACTERS - 1] + "!"
    begin = time.process_time()
    with suppress(FilterSyntaxError):  # of too many tokens
        tokenize(text)
    # Quadratic time would be minutes; this is some milliseconds.
    assert time.process_time() - begin < 2
