"""What the filter box needs: the tokens to colour and the error to underline."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from mlflow._search.errors import FilterSyntaxError
from mlflow._search.fields.declaration import Fields
from mlflow._search.lexer import Token, TokenType, tokenize
from mlflow._search.parser import FilterParser
from mlflow._search.tree import Node


class CheckedToken(NamedTuple):
    """A token to colour; offsets count code points from 0."""

    start: int
    end: int
    type: TokenType


@dataclass(frozen=True, slots=True)
class Check:
    """What a filter consists of.

    Attributes:
        tokens: The tokens in order, of broken filters too; empty if the text is too large to be read.
        tree: The filter if it is valid; None for all.
        error: What is wrong; None if the filter is valid.
    """

    tokens: tuple[CheckedToken, ...]
    tree: Node | None
    error: FilterSyntaxError | None


def check_filter(text: str, fields: Fields) -> Check:
    """Look at a filter that may be half typed.

    Args:
        text: The filter.
        fields: What can be searched.

    Returns:
        Its tokens and its tree or error; nothing is raised for a filter that is not valid.
    """
    try:
        tokens = tokenize(text)
    except FilterSyntaxError as error:
        return Check((), None, error)
    checked = tuple(
        CheckedToken(token.start, token.end, _type_in_context(token, following))
        for token, following in pairwise(tokens)
    )
    try:
        return Check(checked, FilterParser(text, tokens, fields).parse(), None)
    except FilterSyntaxError as error:
        return Check(checked, None, error)


def _type_in_context(token: Token, following: Token) -> TokenType:
    """A quoted text before an operator is a name."""
    if token.type is TokenType.TEXT and (
        following.type is TokenType.OPERATOR
        or (following.type is TokenType.KEYWORD and following.text not in ("AND", "OR"))
    ):
        return TokenType.NAME
    return token.type
