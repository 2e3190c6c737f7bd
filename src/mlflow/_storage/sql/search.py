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
from mlflow.entities.view_type import ViewType

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
        nullable: Whether it may be NULL.
    """

    expression: str
    descending: bool = False
    join: Sql | None = None
    nullable: bool = True


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
        # A column with a number beside it is indexed by the beginning of its text, which is all of a short one. SQLite
        # does not use that index where the whole text is compared as well.
        if len(text) < INDEXED_LENGTH:
            return Sql(f"substr({column}, 1, {INDEXED_LENGTH}) = ?", (text,))
        return Sql(
            f"substr({column}, 1, {INDEXED_LENGTH}) = ? AND {column} = ?", (text[:INDEXED_LENGTH], text)
        )
    return Sql(f"{column} = ?", (text,))


def _as_text(value: Text | Number) -> str:
    return value.value if isinstance(value, Text) else value.text


def lifecycle(column: str, view_type: int) -> list[Sql]:
    """Condition of a view on a column that holds the time of deletion."""
    if view_type == ViewType.ALL:
        return []
    return [Sql(f"{column} IS NULL" if view_type == ViewType.ACTIVE_ONLY else f"{column} IS NOT NULL")]


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
        self.engine = engine
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
        wanted = [*conditions, *self.restrictions(self.tree(filter_string))]
        where = join_with("AND", wanted or [TRUE])
        search = fingerprint(self.fields.noun, filter_string or "", *identity)
        return Query(self.engine, self.table, where, order, search)

    def tree(self, filter_string: str | None) -> Node | None:
        """Syntax tree of a filter that a user gave; `None` for all."""
        check_text(filter_string or "", "filter")
        return parse_filter(filter_string, self.fields) if filter_string else None

    def restrictions(self, tree: Node | None) -> list[Sql]:
        """Conditions that a filter stands for."""
        return [] if tree is None else [self.condition(tree)]

    def order_keys(self, order_by: Sequence[str]) -> list[OrderKey]:
        """Keys of an ordering that a user gave."""
        for text in order_by:
            check_text(text, "order_by")
        return parse_order_by(list(order_by), self.fields)

    def columns(self, keys: Sequence[OrderKey]) -> list[Column]:
        """Columns of an ordering, ties included; none that an earlier one has decided."""
        columns = [column for key in keys for column in self.order(key)] + self.ties(ordered=bool(keys))
        by_expression: dict[str, Column] = {}
        for column in columns:
            by_expression.setdefault(column.expression, column)
        return list(by_expression.values())

    def named(self, column: str, part: str) -> list[Sql]:
        """Condition: a name contains a text, in any case of letters."""
        return [Sql(self.dialect.contains.format(column=column), (part.lower(),))] if part else []

    def table_columns(self, order_by: Sequence[str], extra: str, expression: str) -> list[Column]:
        """Columns of the ordering of a table, which may also be ordered by something that no filter knows.

        Args:
            order_by: What a user gave.
            extra: What else it may be ordered by.
            expression: SQL of that.
        """
        columns: list[Column] = []
        for text in order_by:
            words = text.lower().split()
            if words[:1] == [extra] and words[1:] in ([], ["asc"], ["desc"]):
                columns.append(Column(expression, descending=words[1:] == ["desc"]))
            else:
                columns += [column for key in self.order_keys([text]) for column in self.order(key)]
        return columns + [column for column in self.ties(ordered=True) if column not in columns]

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

    def __init__(self, engine: Engine, table: str, where: Sql, order: Sequence[Column], search: str) -> None:
        self._engine = engine
        self._table = table
        self._where = where
        self._order = order
        self._search = fingerprint(search, [(column.expression, column.descending) for column in order])

    def page(
        self, cx: Connection, columns: str, max_results: int, page_token: str | None
    ) -> tuple[list[Row], str | None]:
        """Rows of one page, and the token of the next.

        Args:
            cx: Connection.
            columns: Columns that are wanted.
            max_results: Page size.
            page_token: Token of the page before.
        """
        key = self._engine.token_key
        width = len(self._order)
        start = read_token(page_token, self._search, width, key)
        joins = [column.join for column in self._order if column.join is not None]
        source = Sql(
            " ".join([self._table, *(join.text for join in joins)]),
            tuple(value for join in joins for value in join.parameters),
        )
        chosen = ", ".join([columns, *(column.expression for column in self._order)])
        found = select(Sql(chosen), source, [self._where], self._order, start, max_results + 1)
        rows = cx.all(found.text, found.parameters)
        token = None
        if len(rows) > max_results:
            rows = rows[:max_results]
            token = make_token(rows[-1][-width:], self._search, key)
        return [row[:-width] for row in rows], token

    def count(self, cx: Connection) -> int:
        """How many rows all pages have."""
        return count_rows(cx, Sql(self._table), [self._where])[0]


def select(
    columns: Sql,
    source: Sql,
    where: Sequence[Sql],
    order: Sequence[Column] = (),
    start: Sequence[Any] | None = None,
    limit: int | None = None,
) -> Sql:
    """A SELECT.

    Args:
        columns: What it answers.
        source: What stands behind FROM, with the joins that the order needs.
        where: Conditions that all hold.
        order: Columns that rows are ordered by; empty for any order.
        start: Position in the order, after which the rows come.
        limit: Most rows.
    """
    condition = join_with("AND", [*where, *([after(order, start)] if start is not None else [])] or [TRUE])
    tail = f" ORDER BY {ordering(order)}" if order else ""
    if limit is not None:
        tail += f" LIMIT {limit}"
    return Sql(
        f"SELECT {columns.text} FROM {source.text} WHERE {condition.text}{tail}",
        (*columns.parameters, *source.parameters, *condition.parameters),
    )


def count_rows(
    cx: Connection, source: Sql, where: Sequence[Sql], limit: int | None = None
) -> tuple[int, bool]:
    """How many rows meet conditions, up to a limit, and whether that are all."""
    found = select(Sql("1"), source, where, limit=None if limit is None else limit + 1)
    row = cx.one(f"SELECT count(*) FROM ({found.text}) counted", found.parameters)
    assert row is not None  # a count is one row
    return (row[0], True) if limit is None or row[0] <= limit else (limit, False)


def ordering(order: Sequence[Column], first_output: int | None = None) -> str:
    """What stands behind ORDER BY.

    Args:
        order: Columns.
        first_output: Number of the output `o…` that is the first column; by default expressions are written out.
    """
    return ", ".join(
        (column.expression if first_output is None else f"o{first_output + i}")
        + (" DESC" if column.descending else " ASC")
        + (
            " NULLS LAST" if column.nullable else ""
        )  # where it says nothing, it would keep an index from being used
        for i, column in enumerate(order)
    )


def after(order: Sequence[Column], start: Sequence[Any]) -> Sql:
    """Condition: a row comes after a position."""
    choices: list[Sql] = []
    equal: list[Sql] = []
    for column, value in zip(order, start, strict=True):
        expression = column.expression
        if value is None:
            equal.append(Sql(f"{expression} IS NULL"))
            continue
        beyond = f"{expression} {'<' if column.descending else '>'} ?"
        if column.nullable:
            beyond += f" OR {expression} IS NULL"
        choices.append(join_with("AND", [*equal, Sql(beyond, (value,))]))
        equal.append(Sql(f"{expression} = ?", (value,)))
    return join_with("OR", choices or [FALSE])
