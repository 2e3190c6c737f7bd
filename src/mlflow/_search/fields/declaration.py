"""The form in which a noun declares what can be searched and sorted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property

from mlflow._search.tree import Entity, Operator, OrderKey

EQUALITY = frozenset([Operator.EQUAL, Operator.NOT_EQUAL])
ORDERING = frozenset([Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL])
PATTERNS = frozenset([Operator.LIKE, Operator.ILIKE])
REGEX = frozenset([Operator.RLIKE])
MEMBERSHIP = frozenset([Operator.IN, Operator.NOT_IN])
PRESENCE = frozenset([Operator.IS_NULL, Operator.IS_NOT_NULL])


class ValueType(Enum):
    """What a field is compared with."""

    TEXT = "text"
    """Quoted text."""

    NUMBER = "number"
    """A number without quotes."""

    EITHER = "either"
    """Stored as text that may hold a number: quoted text, or a number without quotes."""


@dataclass(frozen=True, slots=True)
class Field:
    """What can be done with a key, or with every key of an entity.

    Attributes:
        value_type: What it is compared with.
        operators: Operators of filters; empty if the key is only sorted by.
        is_sortable: Whether it can be sorted by.
        allows_quoted_integer: Whether a number field also takes an integer in quotes.
        form: Pattern that a text must match, and how to describe it; None if any text will do.
    """

    value_type: ValueType
    operators: frozenset[Operator]
    is_sortable: bool = True
    allows_quoted_integer: bool = False
    form: tuple[re.Pattern[str], str] | None = None


TEXT = Field(ValueType.TEXT, EQUALITY | PATTERNS | MEMBERSHIP | PRESENCE)
NUMBER = Field(ValueType.NUMBER, EQUALITY | ORDERING | PRESENCE)
EITHER = Field(ValueType.EITHER, EQUALITY | ORDERING | PATTERNS | MEMBERSHIP | PRESENCE)

ATTRIBUTE_PREFIXES = ("attribute", "attributes", "attr")


@dataclass(frozen=True, slots=True)
class EntityFields:
    """The keys of one entity.

    Attributes:
        entity: The entity.
        prefixes: The words that name it before the dot.
        keys: Known keys; a closed list unless `other_keys` is given.
        aliases: Other names of known keys.
        other_keys: What can be done with keys that are not listed, if they are allowed.
        other_keys_prefix: How keys that are not listed must begin.
        has_aggregates: Whether a key may be followed by a colon and the name of an `Aggregate`.
    """

    entity: Entity
    prefixes: tuple[str, ...]
    keys: Mapping[str, Field] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    other_keys: Field | None = None
    other_keys_prefix: str = ""
    has_aggregates: bool = False

    def find(self, key: str) -> tuple[str, Field] | None:
        """The canonical key and its field; None if there is no such key."""
        key = self.aliases.get(key, key)
        known = self.keys.get(key)
        if known is not None:
            return key, known
        if self.other_keys and key.startswith(self.other_keys_prefix) and key != self.other_keys_prefix:
            return key, self.other_keys
        return None


METRICS = EntityFields(Entity.METRIC, ("metrics", "metric"), other_keys=NUMBER)
SERIES = replace(METRICS, has_aggregates=True)
PARAMS = EntityFields(Entity.PARAM, ("params", "param", "parameters", "parameter"), other_keys=EITHER)
TAGS = EntityFields(Entity.TAG, ("tags", "tag"), other_keys=EITHER)
FILTER_ONLY_PARAMS = replace(PARAMS, other_keys=replace(EITHER, is_sortable=False))
FILTER_ONLY_TAGS = replace(TAGS, other_keys=replace(EITHER, is_sortable=False))


@dataclass(frozen=True)
class Fields:
    """What can be searched and sorted of one noun, and the defaults of its searches.

    Attributes:
        noun: Plural name, for messages.
        attributes: What a key without a prefix belongs to.
        others: The other entities.
        default_order: Ordering if none is asked for.
        tie_break: What follows an ordering that is asked for.
        tolerates_repeated_order: Whether a column may be given twice in an ordering; the first one counts.
        default_max_results: Page size if none is asked for; None if the caller must say.
        max_results_limit: Largest page size; None if there is no limit.
    """

    noun: str
    attributes: EntityFields
    others: tuple[EntityFields, ...]
    default_order: tuple[OrderKey, ...]
    tie_break: tuple[OrderKey, ...]
    tolerates_repeated_order: bool = False
    default_max_results: int | None = None
    max_results_limit: int | None = None

    @cached_property
    def by_prefix(self) -> dict[str, EntityFields]:
        """The entity that each prefix names."""
        return {prefix: fields for fields in (self.attributes, *self.others) for prefix in fields.prefixes}


def attribute(key: str, *, descending: bool = False) -> OrderKey:
    """An attribute in an ordering."""
    return OrderKey(Entity.ATTRIBUTE, key, descending)
