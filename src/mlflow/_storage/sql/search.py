"""From syntax trees to SQL.

A noun's search says how its entities are compared and ordered; everything else is here: the connectives, the
comparison of texts and numbers, the order with missing values last, and pages that begin after a position
instead of at an offset, so that rows that come or go in between shift nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

from mlflow._search.fields.declaration import Fields
from mlflow._search.parser import parse_filter, parse_order_by
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
    ValueList,
)
from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.dialects import Dialect
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.tokens import fingerprint, make_token, read_token
from mlflow._storage.validation import check_text

INDEXED_LENGTH = 200
"""Characters of a text that indexes hold."""
_FEW = 100
"""Most values that are parameters of their own, so that the planner sees them."""


class Sql(NamedTuple):
    """A piece of SQL and its parameters."""

    text: str
    parameters: tuple[Any, ...] = ()


TRUE = Sql("TRUE")
FALSE = Sql("FALSE")


class Column(NamedTuple):
    """A column that rows are ordered by.

    Attributes:
        expression: SQL of its value; NULL comes last in both directions.
        descending: Direction.
        join: What the expression needs beside the searched table.
    """

    expression: str
    descending: bool = False
    join: Sql | None = None


def join_with(connective: str, pieces: Sequence[Sql]) -> Sql:
    """Several conditions as one."""
    if len(pieces) == 1:
        return pieces[0]
    text = f" {connective} ".join(f"({piece.text})" for piece in pieces)
    return Sql(text, tuple(value for piece in pieces for value in piece.parameters))


def one_of(column: str, values: Sequence[object]) -> Sql:
    """A condition: the column is one of some values."""
    if not values:
        return FALSE
    return Sql(f"{column} IN ({', '.join('?' * len(values))})", tuple(values))


def any_of(dialect: Dialect, column: str, numbers: Sequence[int]) -> Sql:
    """As `one_of`, for any number of whole numbers."""
    if len(numbers) <= _FEW:
        return one_of(column, numbers)
    text, parameter = dialect.one_of(column, numbers)
    return Sql(text, (parameter,))


def complement(piece: Sql) -> Sql:
    """The rows that a condition does not hold for, those with NULL in it included."""
    return Sql(f"NOT COALESCE(({piece.text}), FALSE)", piece.parameters)


def compare_number(column: str, comparison: Comparison) -> Sql:
    """A comparison of a column of whole numbers."""
    value = comparison.value
    if isinstance(value, Null):
        return _null(column, comparison)
    assert isinstance(value, Number)  # the parser checked it
    return Sql(f"{column} {_sign(comparison.operator)} ?", (value.value,))


def compare_double(column: str, comparison: Comparison) -> Sql:
    """A comparison of a column of doubles, where NULL is NaN: unequal to everything, and neither more nor less."""
    value, operator = comparison.value, comparison.operator
    assert isinstance(value, Number)  # the parser checked it
    found = Sql(f"{column} {_sign(operator)} ?", (float(value.value),))
    return (
        Sql(f"{found.text} OR {column} IS NULL", found.parameters)
        if operator is Operator.NOT_EQUAL
        else found
    )


def _sign(operator: Operator) -> str:
    return "<>" if operator is Operator.NOT_EQUAL else operator.value


def compare_text(dialect: Dialect, column: str, comparison: Comparison, *, number: str | None = None) -> Sql:
    """A comparison of a text column.

    Args:
        dialect: The engine.
        column: The column.
        comparison: The comparison.
        number: Column with the text's value as a number, for comparisons with bare numbers.
    """
    operator, value = comparison.operator, comparison.value
    if isinstance(value, Null):
        return _null(column, comparison)
    if operator in (Operator.LIKE, Operator.ILIKE):
        assert isinstance(value, Text)  # the parser checked it
        form = dialect.like if operator is Operator.LIKE else dialect.ilike
        return Sql(form.format(column=column), (value.value,))
    if operator in (Operator.IN, Operator.NOT_IN):
        assert isinstance(value, ValueList)  # the parser checked it
        found = join_with("OR", [_equal_text(column, item, number) for item in value.values])
        return complement(found) if operator is Operator.NOT_IN else found
    assert isinstance(value, (Text, Number))  # the parser checked it
    if operator is Operator.EQUAL:
        return _equal_text(column, value, number)
    if operator is Operator.NOT_EQUAL:
        return complement(_equal_text(column, value, number))
    if isinstance(value, Number) and number is not None:
        return Sql(f"{number} {operator.value} ?", (float(value.value),))
    return Sql(f"{column} {operator.value} ?", (_as_text(value),))


def _null(column: str, comparison: Comparison) -> Sql:
    return Sql(f"{column} {comparison.operator.value}")


def _equal_text(column: str, value: Text | Number, number: str | None) -> Sql:
    text = _as_text(value)
    if isinstance(value, Number) and number is not None:
        return Sql(f"{column} = ? OR {number} = ?", (text, float(value.value)))
    if number is not None:
        # A column with a number beside it is indexed by the beginning of its text.
        return Sql(
            f"substr({column}, 1, {INDEXED_LENGTH}) = ? AND {column} = ?", (text[:INDEXED_LENGTH], text)
        )
    return Sql(f"{column} = ?", (text,))


def _as_text(value: Text | Number) -> str:
    return value.value if isinstance(value, Text) else value.text


class Search(ABC):
    """How one noun is searched.

    Args:
        engine: The database.
        cx: Connection that the search runs on; names are looked up through it.
    """

    fields: Fields
    table: str
    """FROM clause; its alias is used by the columns."""

    def __init__(self, engine: Engine, cx: Connection) -> None:
        self.dialect = engine.dialect
        self.keys = engine.keys
        self.cx = cx

    @abstractmethod
    def compare(self, comparison: Comparison) -> Sql:
        """Condition of one comparison."""

    @abstractmethod
    def order(self, key: OrderKey) -> list[Column]:
        """Columns that one key of an ordering stands for."""

    @abstractmethod
    def ties(self, *, ordered: bool) -> list[Column]:
        """Columns that make every ordering total; alone they are the default order."""

    def build(
        self, conditions: Sequence[Sql], filter_string: str | None, order: Sequence[Column], *identity: object
    ) -> Query:
        """A query from fixed conditions, the text of a filter and an order that is total.

        Args:
            conditions: What holds for all rows.
            filter_string: Filter of the user.
            order: Columns, ending with a unique one.
            *identity: What else tells this search from others, for its page tokens.
        """
        check_text(filter_string or "", "filter")
        tree = parse_filter(filter_string, self.fields) if filter_string else None
        wanted = list(conditions)
        if tree is not None:
            wanted.append(self.condition(tree))
        where = join_with("AND", wanted or [TRUE])
        return Query(
            self.table, where, list(order), fingerprint(self.fields.noun, filter_string or "", *identity)
        )

    def columns(self, order_by: Sequence[str]) -> list[Column]:
        """Columns of an ordering that a user gave, ties included."""
        for text in order_by:
            check_text(text, "order_by")
        keys = parse_order_by(list(order_by), self.fields)
        columns = [column for key in keys for column in self.order(key)]
        return columns + self.ties(ordered=bool(keys))

    def condition(self, node: Node) -> Sql:
        """Condition of a syntax tree."""
        if isinstance(node, Comparison):
            return self.compare(node)
        if isinstance(node, Not):
            return complement(self.condition(node.operand))
        connective = "AND" if isinstance(node, And) else "OR"
        assert isinstance(node, (And, Or))  # there are no other nodes
        return join_with(connective, [self.condition(operand) for operand in node.operands])


class Query:
    """A search that is ready to run, page by page."""

    def __init__(self, table: str, where: Sql, order: list[Column], search: str) -> None:
        self._table = table
        self._where = where
        self._order = order
        self._search = fingerprint(search, [(column.expression, column.descending) for column in order])

    def page(
        self, cx: Connection, select: str, max_results: int, page_token: str | None
    ) -> tuple[list[Row], str | None]:
        """Rows of one page, and the token of the next.

        Args:
            cx: Connection.
            select: Columns that are wanted.
            max_results: Page size.
            page_token: Token of the page before.
        """
        joins = [column.join for column in self._order if column.join is not None]
        positions = ", ".join(f"{column.expression} AS o{i}" for i, column in enumerate(self._order))
        parameters = [value for join in joins for value in join.parameters]
        inner = (
            f"SELECT {select}, {positions} FROM {self._table} "
            + " ".join(join.text for join in joins)
            + f" WHERE {self._where.text}"
        )
        parameters += self._where.parameters
        order = ", ".join(
            f"o{i} {'DESC' if column.descending else 'ASC'} NULLS LAST"
            for i, column in enumerate(self._order)
        )
        start = read_token(page_token, self._search, len(self._order))
        if start is not None:
            after = self._after(start)
            inner = f"SELECT * FROM ({inner}) found WHERE {after.text}"
            parameters += after.parameters
        rows = cx.all(f"{inner} ORDER BY {order} LIMIT ?", [*parameters, max_results + 1])
        width = len(self._order)
        token = None
        if len(rows) > max_results:
            rows = rows[:max_results]
            token = make_token(rows[-1][-width:], self._search)
        return [row[:-width] for row in rows], token

    def _after(self, start: Sequence[Any]) -> Sql:
        """Condition: a row comes after a position."""
        choices: list[Sql] = []
        equal: list[Sql] = []
        for i, (column, value) in enumerate(zip(self._order, start, strict=True)):
            if value is not None:
                sign = "<" if column.descending else ">"
                choices.append(join_with("AND", [*equal, Sql(f"o{i} {sign} ? OR o{i} IS NULL", (value,))]))
                equal.append(Sql(f"o{i} = ?", (value,)))
            else:
                equal.append(Sql(f"o{i} IS NULL"))
        return join_with("OR", choices or [FALSE])
