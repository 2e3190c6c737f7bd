"""What a name such as ``metrics.`val acc` `` stands for, and what to say if it stands for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mlflow._search.errors import FilterSyntaxError, shorten
from mlflow._search.fields.declaration import EntityFields, Field, Fields
from mlflow._search.lexer import Token, split_aggregate, split_name
from mlflow._search.tree import Aggregate, Entity

_LONGEST_COMPARED = 60
_NAMES = frozenset(Aggregate)
_AGGREGATES = tuple(f":{aggregate}" for aggregate in Aggregate)


class Key(NamedTuple):
    """A resolved name."""

    entity: Entity
    key: str
    field: Field
    aggregate: Aggregate = Aggregate.LAST


def resolve(token: Token, fields: Fields, *, source: str, clause: str) -> Key:
    """Find out what a name stands for.

    Args:
        token: A `NAME` token, or a quoted `TEXT` that stands where a key belongs.
        fields: What the noun has.
        source: The whole text, for the message.
        clause: Name of what is parsed, for the message.

    Returns:
        The entity, the canonical key and what can be done with it.

    Raises:
        FilterSyntaxError: There is no such key; the message lists or suggests some.
    """
    name, aggregate = split_aggregate(token.text)
    prefix, key = split_name(name)
    entity = fields.attributes if prefix is None else fields.by_prefix.get(prefix)
    if aggregate is not None and not (entity and entity.has_aggregates):
        if name[-1] in "`'\"":
            raise _aggregate_error(
                f"only metrics of runs have aggregates such as :{shorten(aggregate)}", token, source, clause
            )
        aggregate = None  # the colon is part of the key
        prefix, key = split_name(token.text)
    found = entity.find(key) if entity else None
    if entity and found:
        return Key(entity.entity, *found, _known_aggregate(aggregate, token, source, clause))
    raise _error(prefix, key, entity, token, fields, source, clause)


def resolve_field_name(name: str, fields: Fields) -> Key:
    """Find out what the plain name of a structured ordering stands for, such as `metrics.val acc`.

    Args:
        name: An attribute, or a prefix, a dot and a key; quotes around the key are optional.
        fields: What the noun has.

    Returns:
        The entity, the canonical key and what can be done with it.

    Raises:
        FilterSyntaxError: There is no such key.
    """
    prefix, dot, key = name.partition(".")
    if not dot:
        prefix, key = "", name
    if len(key) > 1 and key[0] == key[-1] and key[0] in "`\"'":
        key = key[1:-1]
    entity = fields.by_prefix.get(prefix) if prefix else fields.attributes
    found = entity.find(key) if entity else None
    if entity and found:
        return Key(entity.entity, *found)
    raise _error(prefix or None, key, entity, Token.whole(name), fields, name, "order_by")


def _known_aggregate(name: str | None, token: Token, source: str, clause: str) -> Aggregate:
    if name is None:
        return Aggregate.LAST
    if name in _NAMES:
        return Aggregate(name)
    raise _aggregate_error(
        f"metrics have no aggregate {shorten(name)!r}; they have {', '.join(_AGGREGATES)}",
        token,
        source,
        clause,
    )


def _aggregate_error(problem: str, token: Token, source: str, clause: str) -> FilterSyntaxError:
    """An error at what stands behind the last colon of a name."""
    start = token.start + token.text.rindex(":")
    return FilterSyntaxError(
        problem, source=source, start=start, end=token.end, expected=_AGGREGATES, clause=clause
    )


def known_names(fields: Fields) -> tuple[str, ...]:
    """What a name can begin with: the attributes that can be filtered by, and the prefixes with their dot."""
    attributes = (key for key, field in fields.attributes.keys.items() if field.operators)
    return (*attributes, *(f"{entity.entity.value}." for entity in fields.others))


def _error(
    prefix: str | None,
    key: str,
    entity: EntityFields | None,
    token: Token,
    fields: Fields,
    source: str,
    clause: str,
) -> FilterSyntaxError:
    if prefix is None:
        problem, expected = _unknown_attribute(key, fields)
    elif entity is None:
        problem, expected = _unknown_prefix(prefix, fields)
    elif not key:
        problem = f"the key after {prefix}. is missing; write it bare or in backticks: {prefix}.`my key`"
        expected = ()
    else:
        problem, expected = _unknown_key(prefix, key, entity, fields)
    return FilterSyntaxError(
        problem, source=source, start=token.start, end=token.end, expected=expected, clause=clause
    )


def _unknown_attribute(key: str, fields: Fields) -> tuple[str, tuple[str, ...]]:
    expected = known_names(fields)
    if key in fields.by_prefix:
        return f"a dot and a key belong after {key}, such as {key}.my_key", expected
    head, dot, rest = key.partition(".")
    if dot and head in fields.by_prefix:
        return f"put the quotes around the key alone: {head}.`{shorten(rest)}`", expected
    problem = f"{fields.noun} have no attribute {shorten(key)!r}"
    if guess := closest(key, [*fields.attributes.keys, *fields.attributes.aliases]):
        return f"{problem}; did you mean {guess}?", expected
    open_prefixes = [f"{e.entity.value}.{key}" for e in fields.others if e.other_keys and not e.keys]
    if open_prefixes and len(key) <= _LONGEST_COMPARED:
        problem += f" (did you mean {' or '.join(open_prefixes[:3])}?)"
    return f"{problem}; they have {', '.join(fields.attributes.keys)}", expected


def _unknown_prefix(prefix: str, fields: Fields) -> tuple[str, tuple[str, ...]]:
    names = tuple(f"{e.entity.value}." for e in (fields.attributes, *fields.others))
    problem = f"{fields.noun} have nothing called {shorten(prefix)!r}"
    if guess := closest(prefix, fields.by_prefix):
        return f"{problem}; did you mean {guess}.?", names
    return f"{problem}; what stands before the dot is one of {', '.join(names)}", names


def _unknown_key(prefix: str, key: str, entity: EntityFields, fields: Fields) -> tuple[str, tuple[str, ...]]:
    expected = tuple(f"{prefix}.{known}" for known in entity.keys)
    if entity.other_keys:
        expected = (*expected, f"{prefix}.{entity.other_keys_prefix}")
    problem = f"{prefix}. of {fields.noun} has no key {shorten(key)!r}"
    if guess := closest(key, [*entity.keys, *entity.aliases]):
        return f"{problem}; did you mean {prefix}.{guess}?", expected
    return f"{problem}; it has {', '.join(expected)}", expected


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that looks most like a mistyped word; None if none does."""
    if len(word) > _LONGEST_COMPARED:
        return None
    from difflib import get_close_matches

    folded = {candidate.lower(): candidate for candidate in candidates}
    matches = get_close_matches(word.lower(), folded, n=1, cutoff=0.7)
    return folded[matches[0]] if matches else None
