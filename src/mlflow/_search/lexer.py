"""Text of a filter → tokens with their offsets.

The lexer accepts every text: what is not a word of the language becomes an `INVALID` token, so that the
filter box can colour a half-typed filter; the parser refuses such tokens with a message of their own.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from mlflow._search.errors import FilterSyntaxError
from mlflow._search.tree import Aggregate

MAX_CHARACTERS = 500_000
"""Longest text that is read, in code points."""

MAX_TOKENS = 25_000
"""Most tokens that are read; enough for a list of 10,000 run ids."""

KEYWORDS = frozenset(
    ["AND", "OR", "NOT", "LIKE", "ILIKE", "RLIKE", "IN", "IS", "NULL", "BETWEEN", "ASC", "DESC"]
)
"""Words of the language, in any case; after a prefix (`tags.in`) they are ordinary keys."""

_LONGEST_KEYWORD = 7


class TokenType(StrEnum):
    """Kind of a token; the values are what the filter box is told."""

    NAME = "name"
    NUMBER = "number"
    TEXT = "text"
    OPERATOR = "operator"
    KEYWORD = "keyword"
    PUNCTUATION = "punctuation"
    INVALID = "invalid"
    END = "end"


class Token(NamedTuple):
    """A token.

    Attributes:
        type: Its kind.
        text: As written; keywords in upper case.
        start: Offset of its first character.
        end: Offset behind its last character.
    """

    type: TokenType
    text: str
    start: int
    end: int

    @classmethod
    def whole(cls, text: str) -> Token:
        """A whole text as one name."""
        return cls(TokenType.NAME, text, 0, len(text))


NUMBER_FORM = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""How a number is written, as a regular expression."""

# No two quantifiers that follow each other share characters, so that time stays linear. (Possessive ones would say
# so, but Python 3.11.0 to 3.11.3 get them wrong inside of groups.) A quote that is followed by another one is
# doubled and does not end its text.
_BACKTICKED = r"`[^`]*(?:``[^`]*)*`(?!`)"
_SINGLE_QUOTED = r"'[^']*(?:''[^']*)*'(?!')"
_DOUBLE_QUOTED = r'"[^"]*(?:""[^"]*)*"(?!")'
_QUOTED = f"(?:{_BACKTICKED}|{_SINGLE_QUOTED}|{_DOUBLE_QUOTED})"
# Keys may hold `.`, `:`, `-` and `/` without quotes, but `--` and `/*` would open a comment in SQL.
_BARE = r"(?=\w)[\w.:]+(?:(?:-(?!-)|/(?!\*))[\w.:]*)*"

_SUFFIX = r"(?::\w+)?"  # an aggregate behind a quoted key

_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<number> {NUMBER_FORM} (?![\w.:]|-(?!-)|/(?!\*)) )
    | (?P<name> {_BARE}(?:(?<=\.){_QUOTED}{_SUFFIX})? | {_BACKTICKED}(?:\.(?:{_QUOTED}{_SUFFIX}|{_BARE}))? )
    | (?P<text> {_SINGLE_QUOTED} | {_DOUBLE_QUOTED} )
    | (?P<operator> [=<>!~&|]+ )
    | (?P<punctuation> [(),] )
    | (?P<invalid> --[^\n]* | \#[^\n]* | /\*(?s:.*?)(?:\*/|\Z) | [`'"](?s:.*) | \S )
    )""",
    re.VERBOSE,
)
_AGGREGATES = frozenset(Aggregate)
_OPERATORS = frozenset(["=", "!=", ">", ">=", "<", "<="])
_TYPE_OF_GROUP = {t.value: t for t in TokenType}
# No store can hold these, so a filter with them is a mistake; better said here than by a database driver.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def tokenize(text: str, clause: str = "filter") -> list[Token]:
    """Split a text into tokens; white space between them is dropped.

    Args:
        text: Any text.
        clause: Name of what is read, for the message.

    Returns:
        The tokens in order, the last one of type `END`.

    Raises:
        FilterSyntaxError: The text is too long, or holds NUL or half of a surrogate pair.
    """
    if len(text) > MAX_CHARACTERS:
        raise FilterSyntaxError(
            f"it has {len(text):,} characters and at most {MAX_CHARACTERS:,} are read",
            source="",
            start=0,
            end=0,
            clause=clause,
        )
    if unstorable := _UNSTORABLE.search(text):
        raise FilterSyntaxError(
            "this character cannot occur in stored data; remove it",
            source=text,
            start=unstorable.start(),
            end=unstorable.end(),
            clause=clause,
        )
    tokens: list[Token] = []
    # Trailing white space is cut off first: the pattern would try it from each of its characters.
    for match in _TOKEN.finditer(text, 0, len(text.rstrip())):
        group = match.lastgroup or "invalid"
        start, end = match.span(group)
        tokens.append(_token(_TYPE_OF_GROUP[group], text[start:end], start, end))
        if len(tokens) > MAX_TOKENS:
            raise FilterSyntaxError(
                f"it has more than {MAX_TOKENS:,} words and signs; split the search",
                source=text,
                start=start,
                end=end,
                clause=clause,
            )
    tokens.append(Token(TokenType.END, "", len(text), len(text)))
    return tokens


def _token(type: TokenType, text: str, start: int, end: int) -> Token:
    if type is TokenType.NAME and len(text) <= _LONGEST_KEYWORD and text.isascii():
        word = text.upper()
        if word in KEYWORDS:
            return Token(TokenType.KEYWORD, word, start, end)
    elif type is TokenType.OPERATOR and text not in _OPERATORS:
        type = TokenType.INVALID
    return Token(type, text, start, end)


def split_name(name: str) -> tuple[str | None, str]:
    """Split the text of a name at its first dot and strip the quotes.

    Args:
        name: Text of a `NAME` token, or of a `TEXT` token that stands where a key belongs.

    Returns:
        The prefix (None if there is none) and the key.
    """
    if name[0] == "`" and (head := re.match(_BACKTICKED, name)) and head.end() < len(name):
        return name[1 : head.end() - 1], _strip_quotes(name[head.end() + 1 :])
    if name[0] in "`'\"":
        return None, name[1:-1]
    prefix, dot, key = name.partition(".")
    return (prefix, _strip_quotes(key)) if dot else (None, prefix)


def split_aggregate(name: str) -> tuple[str, str | None]:
    """Split what may be an aggregate off the text of a `NAME` token.

    A quoted key is a key as a whole; what follows its quotes is an aggregate. Behind a key without quotes only the
    name of an aggregate counts as one, so that `metrics.train:loss` is the key `train:loss`.

    Returns:
        The rest of the name, and what stands behind its last colon; None if the name has no aggregate.
    """
    head, colon, tail = name.rpartition(":")
    if not colon or name[-1] in "`'\"" or not head:
        return name, None
    if head[-1] in "`'\"" or (tail in _AGGREGATES and head[-1] not in ".:"):
        return head, tail
    return name, None


def _strip_quotes(key: str) -> str:
    """Strip the quotes of the last part: attributes.`a b` is the key `attributes.a b`."""
    if not key or key[-1] not in "`'\"":
        return key
    opening = key.index(key[-1])
    return key[:opening] + key[opening + 1 : -1]
