"""Syntax tree → text; the inverse of the parser."""

from __future__ import annotations

import re

from mlflow._search.errors import shorten
from mlflow._search.tree import (
    Aggregate,
    And,
    Comparison,
    Entity,
    Node,
    Not,
    Null,
    Number,
    Or,
    OrderKey,
    Text,
    Value,
    ValueList,
)
from mlflow.exceptions import InvalidParameterValue

_BARE_KEY = re.compile(rf"(?!.*:(?:{'|'.join(Aggregate)})\Z)\w+(?:[./:-]\w+)*")


def format_filter(node: Node | None) -> str:
    """Write a filter.

    Args:
        node: A tree as the parser gives it; None for all.

    Returns:
        Text that parses to an equal tree.

    Raises:
        InvalidParameterValue: A key or a text cannot be written, because it holds every kind of quote.
    """
    if node is None:
        return ""
    if isinstance(node, Comparison):
        return _format_comparison(node)
    if isinstance(node, Not):
        return f"NOT {_format_operand(node.operand, (And, Or))}"
    if isinstance(node, And):
        return " AND ".join(_format_operand(operand, (And, Or)) for operand in node.operands)
    return " OR ".join(_format_operand(operand, (Or,)) for operand in node.operands)


def format_key(entity: Entity, key: str, aggregate: Aggregate = Aggregate.LAST) -> str:
    """Write a key with the canonical prefix, quoted if it must be, and its aggregate if it is not the usual one.

    Raises:
        InvalidParameterValue: The key holds every kind of quote, or is empty.
    """
    written = key if _BARE_KEY.fullmatch(key) else _quote(key, "`\"'", "key")
    if entity is Entity.ATTRIBUTE and written == key:
        return key
    suffix = "" if aggregate is Aggregate.LAST else f":{aggregate.value}"
    return f"{entity.value}.{written}{suffix}"


def format_order_key(key: OrderKey) -> str:
    """Write a column of an ordering."""
    return f"{format_key(key.entity, key.key, key.aggregate)} {'DESC' if key.descending else 'ASC'}"


def format_value(value: Value) -> str:
    """Write a value.

    Raises:
        InvalidParameterValue: A text holds both kinds of quotes.
    """
    if isinstance(value, Number):
        return value.text
    if isinstance(value, Text):
        return _quote(value.value, "'\"", "text")
    if isinstance(value, ValueList):
        return f"({', '.join(map(format_value, value.values))})"
    return "NULL"


def _format_comparison(node: Comparison) -> str:
    key = format_key(node.entity, node.key, node.aggregate)
    if isinstance(node.value, Null):
        return f"{key} {node.operator.value}"
    return f"{key} {node.operator.value} {format_value(node.value)}"


def _format_operand(node: Node, in_parentheses: tuple[type, ...]) -> str:
    text = format_filter(node)
    return f"({text})" if isinstance(node, in_parentheses) else text


def _quote(text: str, kinds: str, what: str) -> str:
    """Put quotes of the first kind that can hold the text around it.

    Doubled quotes stay doubled in the language, so a kind is fine if the text has it in pairs only.
    """
    for kind in kinds:
        if (text or what != "key") and kind not in text.replace(kind * 2, ""):
            return f"{kind}{text}{kind}"
    raise InvalidParameterValue(
        f"The search language cannot write the {what} {shorten(text)!r}, because nothing escapes a quote in it; "
        "use LIKE with _ in the place of the quotes."
        if what == "text"
        else f"The search language cannot write the key {shorten(text)!r}."
    )
