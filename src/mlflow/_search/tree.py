"""The syntax tree of a filter, and the keys of an ordering.

Meaning, for whoever evaluates a tree:

* A comparison whose key the row lacks is false, whatever the operator (`!=` and `NOT IN` included);
  only `IS NULL` is true.
* `Not` is the plain complement: it holds for every row that its child does not hold for, so
  `NOT tags.a = 'x'` includes the rows without the tag and `tags.a != 'x'` does not.
* A `Number` compared with something stored as text (a parameter, a tag, an assessment): `=` holds if the
  stored text is exactly `Number.text` or is a number equal to `Number.value`; `!=` is its opposite for rows
  that have the key; `IN` and `NOT IN` follow from these; `> >= < <=` hold only for stored texts that are
  numbers.
* `LIKE`: `%` stands for any characters, `_` for one, nothing escapes them; case counts. In `ILIKE` it does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Entity(StrEnum):
    """What a key belongs to; the value is the prefix in its canonical spelling, without the dot."""

    ATTRIBUTE = "attributes"
    METRIC = "metrics"
    PARAM = "params"
    TAG = "tags"
    DATASET = "datasets"
    METADATA = "metadata"
    SPAN = "span"
    FEEDBACK = "feedback"
    EXPECTATION = "expectation"
    ISSUE = "issue"


class Operator(StrEnum):
    """A comparison operator in its canonical spelling."""

    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    LIKE = "LIKE"
    ILIKE = "ILIKE"
    RLIKE = "RLIKE"
    IN = "IN"
    NOT_IN = "NOT IN"
    IS_NULL = "IS NULL"
    IS_NOT_NULL = "IS NOT NULL"


class Aggregate(StrEnum):
    """What of a series of points is meant; the value is what stands behind the key and a colon."""

    LAST = "last"
    """The latest point; what a key without an aggregate stands for."""
    MIN = "min"
    MAX = "max"
    FIRST = "first"
    MEAN = "mean"
    """Mean of the points that are numbers, infinities included."""
    COUNT = "count"
    """Points, NaN included."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number written without quotes.

    Attributes:
        value: An int if written as an integer of at most 64 bits, otherwise a float (maybe infinite).
        text: The number as it was written.
    """

    value: int | float
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text, without its outer quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class ValueList:
    """The values of `IN` and `NOT IN`; at least one."""

    values: tuple[Number | Text, ...]


@dataclass(frozen=True, slots=True)
class Null:
    """The value of `IS NULL` and `IS NOT NULL`."""


Value = Number | Text | ValueList | Null


@dataclass(frozen=True, slots=True)
class Comparison:
    """One clause, such as `metrics.accuracy > 0.9`.

    Attributes:
        entity: What the key belongs to.
        key: The key; aliases of attributes are resolved.
        operator: The operator.
        value: `ValueList` for `IN` and `NOT IN`, `Null` for `IS [NOT] NULL`, `Text` for the `LIKE` family,
            otherwise what the type of the field allows.
        span: Offsets (start, end) in the text; not part of equality.
        aggregate: What of a metric is compared; `LAST` for everything else.
    """

    entity: Entity
    key: str
    operator: Operator
    value: Value
    span: tuple[int, int] = field(default=(0, 0), compare=False)
    aggregate: Aggregate = Aggregate.LAST


@dataclass(frozen=True, slots=True)
class Not:
    """True where the operand is not."""

    operand: Node


@dataclass(frozen=True, slots=True)
class And:
    """True where all operands are; at least two."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where one of the operands is; at least two."""

    operands: tuple[Node, ...]


Node = Comparison | Not | And | Or


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One column of an ordering.

    Missing values come last in both directions; for metrics NaN comes after the real values and before the
    missing ones, in both directions too. Texts are compared by their bytes.
    """

    entity: Entity
    key: str
    descending: bool = False
    aggregate: Aggregate = Aggregate.LAST
