from __future__ import annotations

import pytest

from mlflow._search.fields.declaration import Fields
from mlflow._search.fields.nouns import FIELDS_BY_NOUN
from mlflow._search.parser import parse_filter
from mlflow._search.tree import Comparison, Entity, OrderKey

nouns = pytest.mark.parametrize("fields", FIELDS_BY_NOUN.values(), ids=FIELDS_BY_NOUN.keys())


@nouns
def test_a_prefix_names_one_entity(fields: Fields) -> None:
    prefixes = [prefix for entity in (fields.attributes, *fields.others) for prefix in entity.prefixes]
    assert len(set(prefixes)) == len(prefixes)


@nouns
def test_every_entity_has_its_canonical_prefix(fields: Fields) -> None:
    for entity in (fields.attributes, *fields.others):
        assert entity.entity.value in entity.prefixes


@nouns
def test_every_noun_takes_the_same_prefixes_for_attributes_and_tags(fields: Fields) -> None:
    for prefix in ("attribute", "attributes", "attr"):
        assert fields.by_prefix[prefix].entity is Entity.ATTRIBUTE
    for prefix in ("tag", "tags"):
        assert fields.by_prefix[prefix].entity is Entity.TAG


@nouns
def test_aliases_lead_to_known_keys_and_hide_none(fields: Fields) -> None:
    for entity in (fields.attributes, *fields.others):
        assert set(entity.aliases.values()) <= set(entity.keys)
        assert not set(entity.aliases) & set(entity.keys)


@nouns
def test_every_attribute_can_be_filtered_or_sorted_by(fields: Fields) -> None:
    assert all(field.operators or field.is_sortable for field in fields.attributes.keys.values())


@nouns
def test_default_orders_name_sortable_attributes_and_end_unique(fields: Fields) -> None:
    for order in (fields.default_order, fields.tie_break):
        assert order
        for key in order:
            assert isinstance(key, OrderKey)
            assert fields.attributes.keys[key.key].is_sortable


@nouns
def test_tags_take_lists_numbers_and_absence(fields: Fields) -> None:
    for clause in ("tags.a IN ('x', 1)", "tags.a NOT IN ('x')", "tag.a = 1", "tag.a >= 1", "tags.a IS NULL"):
        node = parse_filter(clause, fields)
        assert isinstance(node, Comparison)
        assert (node.entity, node.key) == (Entity.TAG, "a")


@nouns
def test_keywords_are_lower_case_or_upper_case(fields: Fields) -> None:
    upper = parse_filter(
        "name LIKE 'a' OR NOT tags.b IN ('c') AND tags.d IS NULL".replace("name", "tags.x"), fields
    )
    assert upper == parse_filter("tags.x like 'a' or not tags.b in ('c') and tags.d is null", fields)
