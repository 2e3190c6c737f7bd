"""Text → syntax tree, and order-by texts → keys.

::

    filter     := or
    or         := and (OR and)*
    and        := not (AND+ not)*                 an AND too many, also first or last, is ignored
    not        := NOT* (comparison | "(" or ")")
    comparison := name (sign | [I|R]LIKE) value
                | name [NOT] IN "(" value ("," value)* [","] ")"
                | name IS [NOT] NULL
    name       := attribute | prefix "." key [":" aggregate]
                                                  split at the first dot; a key may be quoted by ` " or '
    aggregate  := last | min | max | first | mean | count
    value      := number | 'text' | "text"        nothing escapes a quote: use the other kind

Words of the language are written in any case. A metric of a run may be followed by an aggregate: `metrics.loss:min`,
``metrics.`val loss`:min``. Inside of the quotes a colon is part of the key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mlflow._search.errors import FilterSyntaxError, shorten
from mlflow._search.fields.declaration import (
    MEMBERSHIP,
    ORDERING,
    PATTERNS,
    PRESENCE,
    REGEX,
    Fields,
    ValueType,
)
from mlflow._search.keys import Key, known_names, resolve, resolve_field_name
from mlflow._search.lexer import NUMBER_FORM, Token, TokenType, split_name, tokenize
from mlflow._search.tree import (
    And,
    Comparison,
    Node,
    Not,
    Null,
    Number,
    Operator,
    Or,
    OrderKey,
    Text,
    Value,
    ValueList,
)

MAX_DEPTH = 100
"""Most parentheses and NOTs around a comparison."""

MAX_COMPARISONS = 500
"""Most comparisons in a filter; the values of an `IN` do not count."""

MAX_LIST_VALUES = 10_000
"""Most values in one `IN`."""

MAX_ORDER_KEYS = 50
"""Most columns of an ordering."""

_MAX_INT = 2**63 - 1
_MIN_INT = -(2**63)
_MAX_INT_LENGTH = 20
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(NUMBER_FORM)

_OPERATORS = {operator.value: operator for operator in Operator}
_PATTERN_OPERATORS = PATTERNS | REGEX
_HINTS = {
    "==": "use = for equality",
    "===": "use = for equality",
    "<>": "use != for inequality",
    "=>": "use >=",
    "=<": "use <=",
    "!": "use NOT before a clause or != between key and value",
    "~": "use LIKE with % for any characters",
    "=~": "use LIKE with % for any characters",
    "!~": "use NOT before a clause with LIKE",
    "&": "use AND",
    "&&": "use AND",
    "|": "use OR",
    "||": "use OR",
    ";": "leave the semicolon out; a filter is a single condition",
    "#": "comments are not supported; put a key or text with this character in quotes",
    "--": "comments are not supported; put a key or text with these characters in quotes",
    ":": "an aggregate belongs behind the colon, such as metrics.loss:min",
    "/*": "comments are not supported; put a key or text with these characters in quotes",
}


def parse_filter(text: str, fields: Fields) -> Node | None:
    """Parse a filter.

    Args:
        text: The filter, up to 500,000 characters; blank means all.
        fields: What can be searched: `FIELDS` of a module in `fields`.

    Returns:
        The tree, or None for all. Parentheses show only in its shape.

    Raises:
        FilterSyntaxError: The filter is not valid; says where, and what was expected.
    """
    return FilterParser(text, tokenize(text), fields).parse()


def parse_order_by(clauses: Sequence[str], fields: Fields) -> list[OrderKey]:
    """Parse the texts of an ordering, one column each.

    Args:
        clauses: Texts such as `metrics.accuracy DESC`.
        fields: What can be sorted by: `FIELDS` of a module in `fields`.

    Returns:
        The keys that were asked for, without the tie-break (see `complete_order`).

    Raises:
        FilterSyntaxError: A text is not valid, or a column comes twice.
    """
    _check_count(clauses)
    keys: list[OrderKey] = []
    for clause in clauses:
        tokens = tokenize(clause, "order_by")
        resolved, descending = _OrderParser(clause, tokens, fields).parse()
        column = OrderKey(resolved.entity, resolved.key, descending, resolved.aggregate)
        _add(column, keys, fields, tokens[0], clause)
    return keys


def parse_order_fields(names: Sequence[tuple[str, bool]], fields: Fields) -> list[OrderKey]:
    """Parse a structured ordering, as logged models have it.

    Args:
        names: Pairs of a plain name, such as `metrics.val acc`, and whether it is descending.
        fields: What can be sorted by.

    Returns:
        The keys that were asked for, as many as names: repeated columns stay, so that the caller can
        match them with further settings of each.

    Raises:
        FilterSyntaxError: There is no such column.
    """
    _check_count(names)
    keys = []
    for name, descending in names:
        resolved = resolve_field_name(name, fields)
        _check_sortable(resolved, fields, Token.whole(name), name)
        keys.append(OrderKey(resolved.entity, resolved.key, descending))
    return keys


def parse_column(text: str, fields: Fields) -> Key:
    """Parse a column that is to be shown, such as `metrics.loss:min`.

    Args:
        text: A key, as in a filter.
        fields: What can be shown.

    Raises:
        FilterSyntaxError: The text is not valid.
    """
    return _ColumnParser(text, tokenize(text, "column"), fields).parse()


def complete_order(keys: Sequence[OrderKey], fields: Fields) -> list[OrderKey]:
    """The whole ordering: what was asked for and the tie-break, or the default if nothing was asked for."""
    if not keys:
        return list(fields.default_order)
    given = {(key.entity, key.key) for key in keys}
    return [*keys, *(key for key in fields.tie_break if (key.entity, key.key) not in given)]


class _Parser:
    """A position in a list of tokens."""

    __slots__ = ("_fields", "_index", "_source", "_tokens")
    _clause = "filter"

    def __init__(self, source: str, tokens: list[Token], fields: Fields) -> None:
        self._source = source
        self._tokens = tokens
        self._fields = fields
        self._index = 0

    def _take(self) -> Token:
        token = self._tokens[self._index]
        self._index += 1
        return token

    def _take_if(self, type: TokenType, text: str) -> bool:
        token = self._tokens[self._index]
        if token.type is type and token.text == text:
            self._index += 1
            return True
        return False

    def _error(self, token: Token, problem: str, *expected: str) -> FilterSyntaxError:
        """Error at a token; what makes an invalid token invalid is more helpful than the given problem."""
        if token.type is TokenType.INVALID:
            problem = _why_invalid(token.text) or problem
        return FilterSyntaxError(
            problem,
            source=self._source,
            start=token.start,
            end=token.end,
            expected=expected,
            clause=self._clause,
        )

    def _resolve(self, token: Token) -> Key:
        if token.text[-1] == "." and self._tokens[self._index].start == token.end:
            broken = self._tokens[self._index]  # tags.`never closed
            if broken.type is TokenType.INVALID:
                raise self._error(broken, "this is not a key")
        return resolve(token, self._fields, source=self._source, clause=self._clause)


class FilterParser(_Parser):
    """Recursive descent over the tokens of one filter."""

    __slots__ = ("_num_comparisons",)

    def __init__(self, source: str, tokens: list[Token], fields: Fields) -> None:
        super().__init__(source, tokens, fields)
        self._num_comparisons = 0

    def parse(self) -> Node | None:
        """The tree, or None if there are no tokens."""
        if self._tokens[0].type is TokenType.END:
            return None
        while self._take_if(TokenType.KEYWORD, "AND"):
            pass  # scripts join clauses of which the first may be empty
        tree = self._parse_or(0)
        token = self._take()
        if token.type is not TokenType.END:
            raise self._error_behind_comparison(token)
        return tree

    def _error_behind_comparison(self, token: Token) -> FilterSyntaxError:
        previous = self._tokens[self._index - 2]
        if previous.type is TokenType.TEXT and previous.text[-2] == "\\" and previous.end == token.start:
            problem = "a backslash does not escape the quote; put the text in the other kind of quotes"
            return self._error(previous, problem)
        return self._error(token, "expected AND, OR or the end of the filter", "AND", "OR")

    def _parse_or(self, depth: int) -> Node:
        first = self._parse_and(depth)
        if not self._take_if(TokenType.KEYWORD, "OR"):
            return first
        operands = [first, self._parse_and(depth)]
        while self._take_if(TokenType.KEYWORD, "OR"):
            operands.append(self._parse_and(depth))
        return Or(tuple(operands))

    def _parse_and(self, depth: int) -> Node:
        operands = [self._parse_not(depth)]
        while self._take_if(TokenType.KEYWORD, "AND"):
            while self._take_if(TokenType.KEYWORD, "AND"):
                pass
            if self._tokens[self._index].type is TokenType.END:
                break
            operands.append(self._parse_not(depth))
        return operands[0] if len(operands) == 1 else And(tuple(operands))

    def _parse_not(self, depth: int) -> Node:
        num_negations = 0
        token = self._take()
        while token.type is TokenType.KEYWORD and token.text == "NOT":
            num_negations += 1
            token = self._take()
        depth += num_negations
        if depth > MAX_DEPTH:
            raise self._error(token, f"parentheses and NOT are nested more than {MAX_DEPTH} deep")
        node: Node
        if token.type is TokenType.PUNCTUATION and token.text == "(":
            node = self._parse_or(depth + 1)
            closing = self._take()
            if closing.text != ")" or closing.type is not TokenType.PUNCTUATION:
                raise self._error(
                    closing,
                    f"expected AND, OR or the ) of the ( at character {token.start + 1}",
                    "AND",
                    "OR",
                    ")",
                )
        else:
            node = self._parse_comparison(token)
        for _ in range(num_negations):
            node = Not(node)
        return node

    def _parse_comparison(self, name: Token) -> Comparison:
        if name.type is not TokenType.NAME and name.type is not TokenType.TEXT:
            raise self._error_at_start(name)
        self._num_comparisons += 1
        if self._num_comparisons > MAX_COMPARISONS:
            raise self._error(
                name, f"there are more than {MAX_COMPARISONS} comparisons; use IN for lists of values"
            )
        key = self._resolve(name)
        operator = self._parse_operator(key, name)
        value: Value
        if operator in PRESENCE:
            value = Null()
        elif operator in MEMBERSHIP:
            value = self._parse_list(key, operator)
        else:
            value = self._parse_value(key, operator)
        end = self._tokens[self._index - 1].end
        return Comparison(key.entity, key.key, operator, value, (name.start, end), key.aggregate)

    def _error_at_start(self, token: Token) -> FilterSyntaxError:
        expected = ("NOT", "(", *known_names(self._fields))
        if token.type is TokenType.NUMBER:
            return self._error(
                token, "a comparison begins with a key, such as metrics.accuracy > 0.9", *expected
            )
        if token.type is TokenType.END:
            return self._error(token, f"expected a comparison, such as {expected[2]} = 'value'", *expected)
        return self._error(token, f"expected a key, such as {expected[2]}, NOT or (", *expected)

    def _parse_operator(self, key: Key, name: Token) -> Operator:
        """Read an operator and check that the key can be compared with it."""
        token = self._take()
        if token.type is TokenType.OPERATOR:
            text = token.text
        elif token.type is TokenType.KEYWORD:
            text = self._parse_word_operator(token)
        else:
            text = ""
        operator = _OPERATORS.get(text)
        if operator in key.field.operators:
            return operator
        last = self._tokens[self._index - 1]
        raise self._operator_error(Token(token.type, text or token.text, token.start, last.end), key, name)

    def _operator_error(self, operator: Token, key: Key, name: Token) -> FilterSyntaxError:
        shown = shorten(name.text)
        allowed = [known.value for known in Operator if known in key.field.operators]
        if not allowed:
            return self._error(name, f"{self._fields.noun} can be sorted but not filtered by {shown}")
        if operator.text in _OPERATORS:
            problem = f"{shown} cannot be compared by {operator.text}; use one of {', '.join(allowed)}"
        elif operator.text == "BETWEEN":
            problem = f"BETWEEN is not supported; use {shown} >= … AND {shown} <= …"
        elif operator.text.startswith("NOT "):
            problem = f"NOT belongs before the clause: NOT {shown}{operator.text[3:]} …"
        else:
            problem = f"expected an operator after {shown}: {', '.join(allowed)}"
        return self._error(operator, problem, *allowed)

    def _parse_word_operator(self, token: Token) -> str:
        """Read the rest of an operator of several words."""
        word = token.text
        if word == "NOT":
            following = self._tokens[self._index]
            if following.type is not TokenType.KEYWORD:
                return word
            self._index += 1
            return f"NOT {following.text}"
        if word == "IS":
            negation = "NOT " if self._take_if(TokenType.KEYWORD, "NOT") else ""
            if not self._take_if(TokenType.KEYWORD, "NULL"):
                following = self._tokens[self._index]
                raise self._error(following, f"expected NULL after IS {negation}".rstrip(), "NULL")
            return f"IS {negation}NULL"
        return word

    def _parse_list(self, key: Key, operator: Operator) -> ValueList:
        if not self._take_if(TokenType.PUNCTUATION, "("):
            raise self._error(
                self._take(), f"expected a list in parentheses after {operator.value}: ('a', 'b')", "("
            )
        values: list[Number | Text] = []
        while True:
            if values and self._take_if(TokenType.PUNCTUATION, ")"):
                break  # after a trailing comma, as Python prints a tuple of one
            values.append(self._parse_value(key, operator))
            if len(values) > MAX_LIST_VALUES:
                token = self._tokens[self._index - 1]
                raise self._error(token, f"a list has at most {MAX_LIST_VALUES:,} values; split the search")
            token = self._take()
            if token.type is not TokenType.PUNCTUATION or token.text == "(":
                raise self._error(token, "expected a comma or the ) of the list", ",", ")")
            if token.text == ")":
                break
        return ValueList(tuple(values))

    def _parse_value(self, key: Key, operator: Operator) -> Number | Text:
        token = self._take()
        value_type = key.field.value_type
        needs_text = value_type is ValueType.TEXT or operator in _PATTERN_OPERATORS
        needs_number = value_type is ValueType.NUMBER or operator in ORDERING
        if token.type is TokenType.TEXT:
            return self._as_number(token, key) if needs_number else self._check_text(token, key, operator)
        if token.type is TokenType.NUMBER:
            if needs_text:
                raise self._error(token, f"expected a text in quotes: '{token.text}'", "text")
            return number_from_text(token.text)
        raise self._value_error(token, operator, needs_text=needs_text, needs_number=needs_number)

    def _value_error(
        self, token: Token, operator: Operator, *, needs_text: bool, needs_number: bool
    ) -> FilterSyntaxError:
        expected: tuple[str, ...]
        if needs_number:
            what, expected = "a number, such as 0.9 or 1e-3", ("number",)
        elif needs_text:
            what, expected = "a text in quotes", ("text",)
        else:
            what, expected = "a text in quotes or a number", ("text", "number")
        if token.type is TokenType.NAME and not needs_number:
            return self._error(token, f"expected a text in quotes: {_quoted(token.text)}", *expected)
        if token.type is TokenType.KEYWORD and token.text == "NULL":
            negation = "NOT " if operator is Operator.NOT_EQUAL else ""
            return self._error(token, f"use IS {negation}NULL", *expected)
        if token.type is TokenType.PUNCTUATION and token.text == ")" and operator in MEMBERSHIP:
            return self._error(token, "a list holds at least one value", *expected)
        return self._error(token, f"expected {what} after {operator.value}", *expected)

    def _check_text(self, token: Token, key: Key, operator: Operator) -> Text:
        value = token.text[1:-1]
        if key.field.form and operator not in _PATTERN_OPERATORS:
            pattern, description = key.field.form
            if not pattern.fullmatch(value):
                raise self._error(token, f"expected {description}", description)
        return Text(value)

    def _as_number(self, token: Token, key: Key) -> Number:
        """A number in quotes: fine where the stored value is a text too."""
        text = token.text[1:-1]
        if key.field.value_type is ValueType.EITHER and _NUMBER.fullmatch(text):
            return number_from_text(text)
        if key.field.allows_quoted_integer and _INTEGER.fullmatch(text):
            return number_from_text(text)
        if _NUMBER.fullmatch(text):
            raise self._error(token, f"expected a number without quotes: {text}", "number")
        raise self._error(token, "expected a number, such as 0.9 or 1e-3", "number")


class _OrderParser(_Parser):
    """Parser of one column of an ordering."""

    __slots__ = ()
    _clause = "order_by"

    def parse(self) -> tuple[Key, bool]:
        """What to sort by, and whether descending."""
        name = self._take()
        if name.type is TokenType.END:
            raise self._error(
                name, "expected a column, such as start_time DESC; leave the text out for the default"
            )
        if name.type is not TokenType.NAME and name.type is not TokenType.TEXT:
            raise self._error(name, "expected a column, such as start_time DESC")
        key = self._resolve(name)
        _check_sortable(key, self._fields, name, self._source)
        descending = self._take_if(TokenType.KEYWORD, "DESC")
        if not descending:
            self._take_if(TokenType.KEYWORD, "ASC")
        rest = self._take()
        if rest.text == ",":
            raise self._error(rest, "give one column per text: order_by=['metrics.a DESC', 'metrics.b']")
        if rest.type is not TokenType.END:
            problem = "expected ASC, DESC or the end; a key with spaces belongs in backticks"
            raise self._error(rest, problem, "ASC", "DESC")
        return key, descending


class _ColumnParser(_Parser):
    """Parser of one column that is to be shown."""

    __slots__ = ()
    _clause = "column"

    def parse(self) -> Key:
        """What to show."""
        name = self._take()
        if name.type is not TokenType.NAME and name.type is not TokenType.TEXT:
            raise self._error(name, "expected a key, such as metrics.accuracy", *known_names(self._fields))
        key = self._resolve(name)
        rest = self._take()
        if rest.type is not TokenType.END:
            raise self._error(rest, "expected the end; a key with spaces belongs in backticks")
        return key


def number_from_text(text: str) -> Number:
    """A number token's value.

    Args:
        text: What matches the number form of the language.

    Returns:
        The number; integers beyond 64 bits become floats, floats beyond their range infinite.
    """
    if len(text) <= _MAX_INT_LENGTH and _INTEGER.fullmatch(text):
        value = int(text)
        if _MIN_INT <= value <= _MAX_INT:
            return Number(value, text)
    return Number(float(text), text)


def _check_count(columns: Sequence[object]) -> None:
    if len(columns) > MAX_ORDER_KEYS:
        raise FilterSyntaxError(
            f"it has {len(columns):,} columns and at most {MAX_ORDER_KEYS} are allowed",
            source="",
            start=0,
            end=0,
            clause="order_by",
        )


def _check_sortable(key: Key, fields: Fields, name: Token, source: str) -> None:
    if not key.field.is_sortable:
        raise FilterSyntaxError(
            f"{fields.noun} can be filtered but not sorted by {shorten(name.text)}",
            source=source,
            start=name.start,
            end=name.end,
            clause="order_by",
        )


def _add(key: OrderKey, keys: list[OrderKey], fields: Fields, name: Token, source: str) -> None:
    if all(replace(other, descending=key.descending) != key for other in keys):
        keys.append(key)
    elif not fields.tolerates_repeated_order:
        raise FilterSyntaxError(
            f"{shorten(name.text)} is a column of this ordering already; keep one of them",
            source=source,
            start=name.start,
            end=name.end,
            clause="order_by",
        )


def _quoted(name: str) -> str:
    """What an unquoted word should have been."""
    return f"'{shorten(split_name(name)[1] if name[0] == '`' else name)}'"


def _why_invalid(text: str) -> str | None:
    if hint := _HINTS.get(text) or _HINTS.get(text[:2]) or _HINTS.get(text[:1]):
        return hint
    if text[0] in "`'\"":
        return f"the quote {text[0]} is not closed"
    return None
