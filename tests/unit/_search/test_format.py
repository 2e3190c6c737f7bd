from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlflow._search.fields import runs, traces
from mlflow._search.fields.declaration import (
    MEMBERSHIP,
    ORDERING,
    PATTERNS,
    PRESENCE,
    REGEX,
    Fields,
    ValueType,
)
from mlflow._search.fields.nouns import FIELDS_BY_NOUN
from mlflow._search.format import format_filter, format_key, format_order_key, format_value
from mlflow._search.parser import number_from_text, parse_filter, parse_order_by
from mlflow._search.tree import (
    Aggregate,
    And,
    Comparison,
    Entity,
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
from mlflow.exceptions import InvalidParameterValue


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("metric.a>1", "metrics.a > 1"),
        ("attribute.Created > 1", "start_time > 1"),
        ('parameter.`a` = "x"', "params.a = 'x'"),
        ("tags.`a b` like 'x%'", "tags.`a b` LIKE 'x%'"),
        ("run_id not in('a', \"b\",)", "run_id NOT IN ('a', 'b')"),
        ("tags.a is not null", "tags.a IS NOT NULL"),
        ("dataset.name = 'x'", "datasets.name = 'x'"),
        ('tags.a = "it\'s"', 'tags.a = "it\'s"'),
        (
            "(metrics.a > 1 AND metrics.b > 1) OR not metrics.c > 1",
            "metrics.a > 1 AND metrics.b > 1 OR NOT metrics.c > 1",
        ),
        (
            "(metrics.a > 1 OR metrics.b > 1) AND metrics.c > 1",
            "(metrics.a > 1 OR metrics.b > 1) AND metrics.c > 1",
        ),
        ("NOT (metrics.a > 1 OR metrics.b > 1)", "NOT (metrics.a > 1 OR metrics.b > 1)"),
        ("metrics.a > .50", "metrics.a > .50"),
    ],
)
def test_a_filter_is_written_in_its_canonical_form(text: str, written: str) -> None:
    assert format_filter(parse_filter(text, runs.FIELDS)) == written


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("a", "tags.a"),
        ("mlflow.user", "tags.mlflow.user"),
        ("train/loss-1", "tags.train/loss-1"),
        ("a b", "tags.`a b`"),
        ("a--b", "tags.`a--b`"),
        ("a.", "tags.`a.`"),
        ("a`b", 'tags."a`b"'),
        ('a`"b', "tags.'a`\"b'"),
        ("日本", "tags.日本"),
        ("🎉", "tags.`🎉`"),
    ],
)
def test_keys_are_quoted_only_if_they_must_be(key: str, written: str) -> None:
    assert format_key(Entity.TAG, key) == written


@pytest.mark.parametrize("key", ["", "a`b\"c'd"])
def test_a_key_that_no_quote_can_hold_is_refused(key: str) -> None:
    with pytest.raises(InvalidParameterValue, match="cannot write the key"):
        format_key(Entity.TAG, key)


def test_a_text_that_no_quote_can_hold_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidParameterValue, match="use LIKE with _"):
        format_value(Text('it\'s "x"'))


quote_free = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\"'`"), max_size=12)
keys = (
    st.from_regex(r"[a-z0-9_./: -]{1,12}", fullmatch=True)
    | quote_free.filter(bool)
    | quote_free.map(lambda key: f"{key}`")
    | quote_free.map(lambda key: f'{key}\'""')
)
plain_texts = (
    quote_free | quote_free.map(lambda text: f"'{text}") | quote_free.map(lambda text: f'"{text}""\'\'')
)
number_texts = (
    st.integers().map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.from_regex(r"[+-]?([0-9]{1,3}\.?[0-9]{0,3}|\.[0-9]{1,3})([eE][+-]?[0-9]{1,3})?", fullmatch=True)
)
numbers = number_texts.map(number_from_text)


@st.composite
def comparisons(draw: st.DrawFn, fields: Fields) -> Comparison:
    entity = draw(st.sampled_from([fields.attributes, *fields.others]))
    known = [key for key, field in entity.keys.items() if field.operators]
    if entity.other_keys and (not known or draw(st.booleans())):
        key = entity.other_keys_prefix + draw(keys)
    else:
        key = draw(st.sampled_from(known))
    resolved = entity.find(key)
    assert resolved
    key, field = resolved
    operator = draw(st.sampled_from(sorted(field.operators)))
    texts = st.just("name/1") if field.form else plain_texts
    either = texts.map(Text) if field.value_type is ValueType.TEXT else texts.map(Text) | numbers
    value: Value
    if operator in PRESENCE:
        value = Null()
    elif operator in MEMBERSHIP:
        value = ValueList(tuple(draw(st.lists(either, min_size=1, max_size=4))))
    elif operator in ORDERING or field.value_type is ValueType.NUMBER:
        value = draw(numbers)
    elif operator in PATTERNS | REGEX:
        value = Text(draw(texts))
    else:
        value = draw(either)
    aggregate = draw(st.sampled_from(Aggregate)) if entity.has_aggregates else Aggregate.LAST
    return Comparison(entity.entity, key, operator, value, aggregate=aggregate)


def trees(fields: Fields) -> st.SearchStrategy[Node]:
    leaves: st.SearchStrategy[Node] = comparisons(fields)
    return st.recursive(
        leaves,
        lambda nodes: (
            nodes.map(Not)
            | st.lists(nodes, min_size=2, max_size=4).map(lambda operands: And(tuple(operands)))
            | st.lists(nodes, min_size=2, max_size=4).map(lambda operands: Or(tuple(operands)))
        ),
        max_leaves=8,
    )


@pytest.mark.parametrize("noun", sorted(FIELDS_BY_NOUN))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_as_the_same_tree(noun: str, data: st.DataObject) -> None:
    fields = FIELDS_BY_NOUN[noun]
    tree = data.draw(trees(fields))
    text = format_filter(tree)
    assert parse_filter(text, fields) == tree
    assert format_filter(parse_filter(text, fields)) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0`"), min_size=1))
def test_any_key_without_a_backtick_can_be_written_in_backticks(key: str) -> None:
    for entity in ("metrics", "params", "tags"):
        node = parse_filter(f"{entity}.`{key}` = 1", runs.FIELDS)
        assert node == Comparison(Entity(entity), key, Operator.EQUAL, Number(1, "1"))
        assert parse_order_by([f"{entity}.`{key}` DESC"], runs.FIELDS) == [
            OrderKey(Entity(entity), key, True)
        ]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0'")))
def test_any_text_without_a_single_quote_is_read_as_it_stands(text: str) -> None:
    node = parse_filter(f"tags.a = '{text}'", runs.FIELDS)
    assert node == Comparison(Entity.TAG, "a", Operator.EQUAL, Text(text))


@given(st.sampled_from([Entity.METRIC, Entity.PARAM, Entity.TAG]), keys, st.booleans())
def test_columns_of_an_ordering_are_read_as_they_are_written(
    entity: Entity, key: str, descending: bool
) -> None:
    for name in (key, f"{key}:max", f"{key}:"):
        column = OrderKey(entity, name, descending)
        assert parse_order_by([format_order_key(column)], runs.FIELDS) == [column]
    for aggregate in Aggregate:
        column = OrderKey(Entity.METRIC, key, descending, aggregate)
        assert parse_order_by([format_order_key(column)], runs.FIELDS) == [column]


def test_attributes_are_written_without_a_prefix() -> None:
    assert format_order_key(OrderKey(Entity.ATTRIBUTE, "start_time", True)) == "start_time DESC"
    node = parse_filter("trace.text LIKE '%x%'", traces.FIELDS)
    assert format_filter(node) == "text LIKE '%x%'"
