from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._search.errors import FilterSyntaxError
from mlflow._search.fields import experiments, logged_models, runs
from mlflow._search.fields.declaration import Fields
from mlflow._search.fields.nouns import FIELDS_BY_NOUN
from mlflow._search.parser import (
    MAX_COMPARISONS,
    MAX_DEPTH,
    MAX_LIST_VALUES,
    MAX_ORDER_KEYS,
    complete_order,
    parse_column,
    parse_filter,
    parse_order_by,
    parse_order_fields,
)
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
    ValueList,
)


def parse(text: str, fields: Fields = runs.FIELDS) -> Node | None:
    return parse_filter(text, fields)


def comparison(text: str) -> Comparison:
    node = parse(text)
    assert isinstance(node, Comparison)
    return node


def refused(text: str, fields: Fields = runs.FIELDS) -> FilterSyntaxError:
    with pytest.raises(FilterSyntaxError) as caught:
        parse_filter(text, fields)
    return caught.value


def metric(key: str, value: int = 1) -> Comparison:
    return Comparison(Entity.METRIC, key, Operator.GREATER, Number(value, str(value)))


A, B, C, D = (metric(key) for key in "abcd")
TEXTS = {A: "metrics.a > 1", B: "metrics.b > 1", C: "metrics.c > 1", D: "metrics.d > 1"}


# Structure


@pytest.mark.parametrize("blank", ["", " ", "\n\t "])
def test_blank_means_all(blank: str) -> None:
    assert parse(blank) is None


@pytest.mark.parametrize(
    ("pattern", "tree"),
    [
        ("A", A),
        ("(A)", A),
        ("((A))", A),
        ("A AND B", And((A, B))),
        ("A and B And C", And((A, B, C))),
        ("A OR B or C", Or((A, B, C))),
        ("A OR B AND C", Or((A, And((B, C))))),
        ("A AND B OR C AND D", Or((And((A, B)), And((C, D))))),
        ("(A OR B) AND C", And((Or((A, B)), C))),
        ("NOT A AND B", And((Not(A), B))),
        ("NOT (A AND B)", Not(And((A, B)))),
        ("not NOT A", Not(Not(A))),
        ("A AND NOT B OR NOT C", Or((And((A, Not(B))), Not(C)))),
        ("A AND (B AND C)", And((A, And((B, C))))),
        ("A AND(B)OR(C)", Or((And((A, B)), C))),
    ],
)
def test_not_binds_before_and_before_or(pattern: str, tree: Node) -> None:
    named = dict(zip("ABCD", TEXTS.values(), strict=True))
    text = re.sub(r"\b[ABCD]\b", lambda name: named[name[0]], pattern)
    assert parse(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "metrics.a > 1 AND metrics.b > 1 AND",
        "AND metrics.a > 1 AND metrics.b > 1",
        "metrics.a > 1 AND AND metrics.b > 1",
        "metrics.a > 1 and\nAND metrics.b > 1  AND and ",
    ],
)
def test_an_and_too_many_is_ignored(text: str) -> None:
    assert parse(text) == And((A, B))


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("AND", 3),
        ("OR", 0),
        ("metrics.a > 1 OR", 16),
        ("OR metrics.a > 1", 0),
        ("metrics.a > 1 OR AND metrics.b > 1", 17),
        ("(metrics.a > 1 AND) OR metrics.b > 1", 18),
        ("NOT", 3),
        ("()", 1),
        ("(metrics.a > 1", 14),
        ("metrics.a > 1)", 13),
        ("metrics.a > 1 metrics.b > 1", 14),
        ("metrics.a > 1, metrics.b > 1", 13),
        ("metrics.a NOT", 10),
        ("metrics.a", 9),
        ("metrics.a >", 11),
        ("> 1", 0),
        ("1 = metrics.a", 0),
        ("'x' = run_name", 0),
        ("metrics.a > metrics.b", 12),
        ("metrics.a > (1)", 12),
        ("metrics.max(a) > 1", 11),
    ],
)
def test_what_does_not_belong_is_refused_where_it_stands(text: str, start: int) -> None:
    error = refused(text)
    assert error.start == start
    where = "at its end" if start == len(text) else f"at character {start + 1}, "
    assert error.message.startswith(f"Invalid filter {where}")


# Names


@pytest.mark.parametrize(
    ("name", "entity", "key"),
    [
        ("metric.a", Entity.METRIC, "a"),
        ("metrics.a", Entity.METRIC, "a"),
        ("metrics.`a b`", Entity.METRIC, "a b"),
        ('metrics."a b"', Entity.METRIC, "a b"),
        ("metrics.'a b'", Entity.METRIC, "a b"),
        ("metrics.a.b", Entity.METRIC, "a.b"),
        ("metrics.train/loss", Entity.METRIC, "train/loss"),
        ("metrics.val-acc", Entity.METRIC, "val-acc"),
        ("metrics.sys:gpu", Entity.METRIC, "sys:gpu"),
        ("metrics.1x", Entity.METRIC, "1x"),
        ("metrics.and", Entity.METRIC, "and"),
        ("`metrics`.a", Entity.METRIC, "a"),
        ("param.p", Entity.PARAM, "p"),
        ("params.p", Entity.PARAM, "p"),
        ("parameter.p", Entity.PARAM, "p"),
        ("parameters.p", Entity.PARAM, "p"),
        ("tag.t", Entity.TAG, "t"),
        ("tags.mlflow.user", Entity.TAG, "mlflow.user"),
        ("start_time", Entity.ATTRIBUTE, "start_time"),
        ("attribute.start_time", Entity.ATTRIBUTE, "start_time"),
        ("attributes.start_time", Entity.ATTRIBUTE, "start_time"),
        ("attr.start_time", Entity.ATTRIBUTE, "start_time"),
        ("run.start_time", Entity.ATTRIBUTE, "start_time"),
        ("`start_time`", Entity.ATTRIBUTE, "start_time"),
        ('"start_time"', Entity.ATTRIBUTE, "start_time"),
    ],
)
def test_names_are_resolved_to_entity_and_key(name: str, entity: Entity, key: str) -> None:
    assert parse(f"{name} = 1") == Comparison(entity, key, Operator.EQUAL, Number(1, "1"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("acc > 1", "did you mean metrics.acc or params.acc or tags.acc?"),
        ("Start_time > 1", "did you mean start_time?"),
        ("metics.acc > 1", "did you mean metrics.?"),
        ("Metrics.acc > 1", "did you mean metrics.?"),
        ("dataset.nam = 'x'", "did you mean dataset.name?"),
        ("dataset.foo = 'x'", "it has dataset.name, dataset.digest, dataset.context"),
        ("metrics > 1", "a dot and a key belong after metrics"),
        ("metrics. > 1", "the key after metrics. is missing"),
        ("metrics.`` > 1", "the key after metrics. is missing"),
        ("metrics. acc > 1", "the key after metrics. is missing"),
        ("`metrics.acc` > 1", "put the quotes around the key alone: metrics.`acc`"),
        ("tags.`a b = 'x'", "the quote ` is not closed"),
        ("`a b = 'x'", "the quote ` is not closed"),
        ("experiment_id = '1'", "runs have no attribute 'experiment_id'"),
    ],
)
def test_unknown_names_are_refused_with_a_suggestion(text: str, said: str) -> None:
    assert said in refused(text).message


def test_an_unknown_name_tells_the_machine_what_could_stand_there() -> None:
    assert {"run_name", "start_time", "metrics.", "tags."} <= set(refused("foo = 1").expected)
    assert "metrics." in refused("foo.bar = 1").expected
    assert refused("dataset.foo = 'x'").expected == ("dataset.name", "dataset.digest", "dataset.context")


# Operators


@pytest.mark.parametrize("sign", ["=", "!=", ">", ">=", "<", "<="])
def test_numbers_are_compared_by_signs(sign: str) -> None:
    assert comparison(f"metrics.a {sign} 0.5").operator is Operator(sign)
    assert comparison(f"metrics.a{sign}.5").value == Number(0.5, ".5")


@pytest.mark.parametrize("word", ["LIKE", "like", "Like", "ILIKE", "iLike"])
def test_texts_are_compared_by_patterns(word: str) -> None:
    assert comparison(f"tags.a {word} 'x%'") == Comparison(
        Entity.TAG, "a", Operator(word.upper()), Text("x%")
    )


@pytest.mark.parametrize(
    ("text", "operator", "values"),
    [
        ("run_id IN ('a')", Operator.IN, ("a",)),
        ("run_id in('a',\"b\")", Operator.IN, ("a", "b")),
        ("run_id NOT IN ('a', 'b')", Operator.NOT_IN, ("a", "b")),
        ("run_id not  in ('a',)", Operator.NOT_IN, ("a",)),
        ("run_id IN ('a', 'a')", Operator.IN, ("a", "a")),
    ],
)
def test_lists(text: str, operator: Operator, values: tuple[str, ...]) -> None:
    expected = ValueList(tuple(Text(value) for value in values))
    assert parse(text) == Comparison(Entity.ATTRIBUTE, "run_id", operator, expected)


def test_a_list_for_a_param_mixes_numbers_and_texts() -> None:
    expected = ValueList((Number(1, "1"), Text("a"), Number(0.5, ".5")))
    assert comparison("params.p IN (1, 'a', .5)").value == expected


@pytest.mark.parametrize(
    ("text", "start", "said"),
    [
        ("run_id IN ()", 11, "a list holds at least one value"),
        ("run_id IN (,)", 11, "expected a text"),
        ("run_id IN ('a' 'b')", 15, "expected a comma or the )"),
        ("run_id IN ('a'", 14, "expected a comma or the )"),
        ("run_id IN ('a', ", 16, "expected a text"),
        ("run_id IN ('a', ('b'))", 16, "expected a text"),
        ("run_id IN ('a',,)", 15, "expected a text"),
        ("run_id IN 'a'", 10, "expected a list in parentheses"),
        ("run_id IN ['a']", 10, "expected a list in parentheses"),
        ("run_id IN (1)", 11, "expected a text in quotes: '1'"),
        ("metrics.a IN (1)", 10, "cannot be compared by IN"),
    ],
)
def test_broken_lists(text: str, start: int, said: str) -> None:
    error = refused(text)
    assert error.start == start
    assert said in error.message


@pytest.mark.parametrize("text", ["tags.a IS NULL", "tags.a is null", "tags.a Is\nNull"])
def test_is_null(text: str) -> None:
    assert parse(text) == Comparison(Entity.TAG, "a", Operator.IS_NULL, Null())


@pytest.mark.parametrize("key", ["tags.a", "params.a", "metrics.a", "run_name", "end_time", "dataset.name"])
def test_is_not_null_on_everything(key: str) -> None:
    assert comparison(f"{key} is  not NULL").operator is Operator.IS_NOT_NULL


@pytest.mark.parametrize(
    ("text", "found", "said"),
    [
        ("metrics.a == 1", "==", "use = for equality"),
        ("metrics.a <> 1", "<>", "use != for inequality"),
        ("metrics.a => 1", "=>", "use >="),
        ("metrics.a =< 1", "=<", "use <="),
        ("metrics.a ! 1", "!", "use NOT"),
        ("metrics.a BETWEEN 1 AND 2", "BETWEEN", "use metrics.a >= … AND metrics.a <= …"),
        ("tags.a NOT LIKE 'x'", "NOT LIKE", "NOT tags.a LIKE"),
        ("tags.a NOT 'x'", "NOT", "expected an operator after tags.a"),
        ("tags.a RLIKE 'x'", "RLIKE", "cannot be compared by RLIKE"),
        ("metrics.a LIKE 'x'", "LIKE", "metrics.a cannot be compared by LIKE"),
        ("run_id > 'x'", ">", "run_id cannot be compared by >"),
        ("metrics.a NOT IN (1)", "NOT IN", "cannot be compared by NOT IN"),
        ("metrics.a = 1 && metrics.b = 1", "&&", "use AND"),
        ("metrics.a = 1 || metrics.b = 1", "||", "use OR"),
        ("metrics.a = 1;", ";", "leave the semicolon out"),
        ("metrics.a = 1 -- x", "-- x", "comments are not supported"),
        ("metrics.a = 1 # x", "# x", "comments are not supported"),
        ("metrics.a = 1 /* x */", "/* x */", "comments are not supported"),
        ("tags.a IS 'x'", "'x'", "expected NULL after IS"),
        ("tags.a IS NOT 'x'", "'x'", "expected NULL after IS NOT"),
        ("tags.a = NULL", "NULL", "use IS NULL"),
        ("tags.a != NULL", "NULL", "use IS NOT NULL"),
        ("tags.a 'x'", "'x'", "expected an operator after tags.a: =, !=, >"),
    ],
)
def test_other_languages_operators_are_refused_with_the_remedy(text: str, found: str, said: str) -> None:
    error = refused(text)
    assert text[error.start : error.end] == found
    assert said in error.message


def test_a_wrong_operator_tells_the_machine_the_right_ones() -> None:
    assert refused("metrics.a LIKE 'x'").expected == (
        "=", "!=", ">", ">=", "<", "<=", "IS NULL", "IS NOT NULL",
    )  # fmt: skip


# Values


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("+1", 1),
        ("007", 7),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e-1", 0.1),
        ("1E3", 1000.0),
        ("1e999", float("inf")),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("9223372036854775808", float(2**63)),
        ("1" * 5000, float("inf")),
    ],
)
def test_numbers_keep_their_text(written: str, value: float) -> None:
    number = comparison(f"metrics.a = {written}").value
    assert number == Number(value, written)
    assert isinstance(number, Number)
    assert type(number.value) is type(value)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("'x'", "x"),
        ('"x"', "x"),
        ("''", ""),
        ("'it''s'", "it''s"),
        ('"it\'s"', "it's"),
        ("'\"'", '"'),
        ("' x '", " x "),
        ("'a\\nb'", "a\\nb"),
        ("'C:\\dir\\'", "C:\\dir\\"),
        ("'日本 🎉'", "日本 🎉"),
        ("'; DROP TABLE runs; --'", "; DROP TABLE runs; --"),
        ("'NULL'", "NULL"),
        ("'100'", "100"),
    ],
)
def test_only_the_outer_quotes_of_a_text_are_stripped(written: str, text: str) -> None:
    assert comparison(f"tags.a = {written}").value == Text(text)


@pytest.mark.parametrize("key", ["params.p", "tags.t"])
@pytest.mark.parametrize("operator", ["=", "!=", ">", ">=", "<", "<="])
def test_params_and_tags_take_numbers_without_quotes(key: str, operator: str) -> None:
    assert comparison(f"{key} {operator} 100").value == Number(100, "100")


@pytest.mark.parametrize("operator", [">", ">=", "<", "<="])
def test_order_on_params_is_numeric_even_if_the_number_is_quoted(operator: str) -> None:
    assert comparison(f"params.lr {operator} '1e-3'").value == Number(0.001, "1e-3")
    assert "expected a number" in refused(f"params.lr {operator} 'high'").message


@pytest.mark.parametrize(
    ("text", "found", "said"),
    [
        ("metrics.a > '0.5'", "'0.5'", "expected a number without quotes: 0.5"),
        ("start_time > '5'", "'5'", "expected a number without quotes: 5"),
        ("metrics.a > 'x'", "'x'", "expected a number"),
        ("metrics.a = nan", "nan", "expected a number"),
        ("metrics.a = 0x1", "0x1", "expected a number"),
        ("run_name = 5", "5", "expected a text in quotes: '5'"),
        ("run_name = foo", "foo", "expected a text in quotes: 'foo'"),
        ("run_name = `foo`", "`foo`", "expected a text in quotes: 'foo'"),
        ("params.a = foo", "foo", "expected a text in quotes: 'foo'"),
        ("params.a LIKE 5", "5", "expected a text in quotes: '5'"),
        ("params.a = (1)", "(", "expected a text in quotes or a number"),
        ("params.a = 'x", "'x", "the quote ' is not closed"),
        ("params.a = 'it\\'s'", "'it\\'", "a backslash does not escape the quote"),
    ],
)
def test_wrong_values_are_refused_with_the_remedy(text: str, found: str, said: str) -> None:
    error = refused(text)
    assert text[error.start : error.end] == found
    assert said in error.message


def test_spans_point_at_the_clauses() -> None:
    text = " metrics.a>1 AND (tags.`b c` IN ('x', 'y') OR NOT params.p IS NULL )"
    tree = parse(text)
    assert isinstance(tree, And)
    first, either = tree.operands
    assert isinstance(either, Or)
    second, negated = either.operands
    assert isinstance(negated, Not)
    found = [first, second, negated.operand]
    spans = [text[slice(*node.span)] for node in found if isinstance(node, Comparison)]
    assert spans == ["metrics.a>1", "tags.`b c` IN ('x', 'y')", "params.p IS NULL"]


# Bounds


def test_depth_is_bounded() -> None:
    for opening, closing in [("(", ")"), ("NOT ", ""), ("NOT (", ")")]:
        levels = MAX_DEPTH // (2 if opening == "NOT (" else 1)
        assert parse(f"{opening * levels}metrics.a > 1{closing * levels}") is not None
        levels += 1
        error = refused(f"{opening * levels}metrics.a > 1{closing * levels}")
        assert "nested more than 100 deep" in error.message


def test_the_number_of_comparisons_is_bounded() -> None:
    assert parse(" AND ".join(["metrics.a > 1"] * MAX_COMPARISONS)) is not None
    error = refused(" OR ".join(["metrics.a > 1"] * (MAX_COMPARISONS + 1)))
    assert "more than 500 comparisons; use IN" in error.message


def test_the_length_of_a_list_is_bounded() -> None:
    node = comparison(f"params.p IN ({', '.join(['1'] * MAX_LIST_VALUES)})")
    assert isinstance(node.value, ValueList)
    assert len(node.value.values) == MAX_LIST_VALUES
    error = refused(f"params.p IN ({', '.join(['1'] * (MAX_LIST_VALUES + 1))})")
    assert "at most 10,000 values" in error.message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 499_999,
        "NOT " * 100_000,
        "a" * 500_000,
        "metrics." + "a" * 400_000,
        "`" + "x." * 200_000 + "`",
        "1" * 500_000,
    ],
)
def test_hostile_filters_are_refused_fast_and_briefly(text: str) -> None:
    begin = time.process_time()
    error = refused(text)
    assert time.process_time() - begin < 2
    assert len(error.message) < 1000


def test_a_usual_filter_is_parsed_in_less_than_a_tenth_of_a_millisecond() -> None:
    text = "metrics.accuracy > 0.9 AND params.n_estimators = 100 AND tags.model_type = 'RandomForest'"
    parse(text)
    durations = []
    for _ in range(200):
        begin = time.process_time_ns()
        parse(text)
        durations.append(time.process_time_ns() - begin)
    assert min(durations) < 100_000


words = st.sampled_from(
    [
        "metrics.a", "params.p", "tags.`x y`", "run_id", "dataset.name", "span.attributes.k", "name", "timestamp",
        "feedback.q", "trace.text", "prompt", "=", "!=", ">", "<=", "LIKE", "ilike", "RLIKE", "IN", "NOT", "not",
        "IS", "NULL", "AND", "OR", "(", ")", ",", "1", "-.5", "'x'", '"y"', "'a/1'", "==", ";", "--", "`", "'", ".",
        "BETWEEN", "ASC", "desc", "metrics.", "''",
    ]
)  # fmt: skip
texts = st.text() | st.lists(words, max_size=30).map(" ".join) | st.lists(words, max_size=30).map("".join)


def error_of(parse: Callable[[], object]) -> FilterSyntaxError | None:
    try:
        parse()
    except FilterSyntaxError as error:
        return error
    return None


@given(texts, st.sampled_from(sorted(FIELDS_BY_NOUN)))
def test_any_text_is_parsed_or_refused_at_a_place_inside_it(text: str, noun: str) -> None:
    fields = FIELDS_BY_NOUN[noun]
    errors = {
        "filter": error_of(lambda: parse_filter(text, fields)),
        "order_by": error_of(lambda: parse_order_by([text], fields)),
    }
    for clause, error in errors.items():
        if error is not None:
            assert 0 <= error.start <= error.end <= len(text)
            assert error.start < error.end or error.start == len(text)
            assert error.message.startswith(f"Invalid {clause} at ")
            assert error.error_code == "INVALID_PARAMETER_VALUE"


# Ordering


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("metrics.acc", OrderKey(Entity.METRIC, "acc", False)),
        ("metrics.acc ASC", OrderKey(Entity.METRIC, "acc", False)),
        ("metrics.acc DESC", OrderKey(Entity.METRIC, "acc", True)),
        ("metrics.acc desc", OrderKey(Entity.METRIC, "acc", True)),
        ("  metrics.acc\tDesc  ", OrderKey(Entity.METRIC, "acc", True)),
        ("metric.acc", OrderKey(Entity.METRIC, "acc", False)),
        ("metrics.`my acc` DESC", OrderKey(Entity.METRIC, "my acc", True)),
        ('metrics."my acc"', OrderKey(Entity.METRIC, "my acc", False)),
        ("metrics.desc", OrderKey(Entity.METRIC, "desc", False)),
        ("params.p", OrderKey(Entity.PARAM, "p", False)),
        ("tag.t DESC", OrderKey(Entity.TAG, "t", True)),
        ("start_time", OrderKey(Entity.ATTRIBUTE, "start_time", False)),
        ("attributes.start_time", OrderKey(Entity.ATTRIBUTE, "start_time", False)),
        ("created", OrderKey(Entity.ATTRIBUTE, "start_time", False)),
        ("Created DESC", OrderKey(Entity.ATTRIBUTE, "start_time", True)),
        ("`Run Name`", OrderKey(Entity.ATTRIBUTE, "run_name", False)),
        ('"start_time" DESC', OrderKey(Entity.ATTRIBUTE, "start_time", True)),
    ],
)
def test_a_column_of_an_ordering(text: str, key: OrderKey) -> None:
    assert parse_order_by([text], runs.FIELDS) == [key]


@pytest.mark.parametrize(
    ("text", "start", "said"),
    [
        ("", 0, "expected a column"),
        ("  ", 2, "expected a column"),
        ("foo", 0, "did you mean metrics.foo"),
        ("metrics.a, metrics.b", 9, "give one column per text"),
        ("metrics.a ASC, metrics.b", 13, "give one column per text"),
        ("metrics.a ASC DESC", 14, "expected ASC, DESC or the end"),
        ("metrics.my acc DESC", 11, "a key with spaces belongs in backticks"),
        ("metrics.a NULLS LAST", 10, "expected ASC, DESC or the end"),
        ("dataset.name", 0, "runs can be filtered but not sorted by dataset.name"),
        ("1", 0, "expected a column"),
        ("DESC", 0, "expected a column"),
        ("metrics.`a", 8, "the quote ` is not closed"),
        ("metrics.a;", 9, "leave the semicolon out"),
    ],
)
def test_broken_columns(text: str, start: int, said: str) -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        parse_order_by(["start_time", text], runs.FIELDS)
    assert caught.value.start == start
    assert caught.value.message.startswith("Invalid order_by at ")
    assert said in caught.value.message


@pytest.mark.parametrize("columns", [["metrics.a", "metrics.a DESC"], ["start_time", "Created"]])
def test_a_column_that_comes_twice_is_refused(columns: list[str]) -> None:
    with pytest.raises(FilterSyntaxError, match="already; keep one of them"):
        parse_order_by(columns, runs.FIELDS)


def test_experiments_ignore_a_column_that_comes_twice() -> None:
    keys = parse_order_by(["name DESC", "creation_time", "name"], experiments.FIELDS)
    assert keys == [
        OrderKey(Entity.ATTRIBUTE, "name", True),
        OrderKey(Entity.ATTRIBUTE, "creation_time", False),
    ]


def test_the_number_of_columns_is_bounded() -> None:
    columns = [f"metrics.m{i}" for i in range(MAX_ORDER_KEYS)]
    assert len(parse_order_by(columns, runs.FIELDS)) == MAX_ORDER_KEYS
    with pytest.raises(FilterSyntaxError, match="at most 50 are allowed"):
        parse_order_by([*columns, "metrics.x"], runs.FIELDS)


@pytest.mark.parametrize(
    ("name", "entity", "key"),
    [
        ("name", Entity.ATTRIBUTE, "name"),
        ("creation_time", Entity.ATTRIBUTE, "creation_timestamp"),
        ("attributes.name", Entity.ATTRIBUTE, "name"),
        ("metrics.a", Entity.METRIC, "a"),
        ("metrics.val acc", Entity.METRIC, "val acc"),
        ("metrics.`val acc`", Entity.METRIC, "val acc"),
        ("metrics.a, b DESC", Entity.METRIC, "a, b DESC"),
    ],
)
def test_a_structured_ordering_has_plain_names(name: str, entity: Entity, key: str) -> None:
    keys = parse_order_fields([(name, True), (name, False)], logged_models.FIELDS)
    assert keys == [OrderKey(entity, key, True), OrderKey(entity, key, False)]


@pytest.mark.parametrize(
    "name", ["", "foo", "name DESC", "params.p", "tags.t", "metrics.", "metrics.``", "x.y"]
)
def test_a_structured_ordering_refuses_other_names(name: str) -> None:
    with pytest.raises(FilterSyntaxError, match="Invalid order_by at "):
        parse_order_fields([(name, False)], logged_models.FIELDS)


def test_without_an_ordering_the_default_counts() -> None:
    assert complete_order([], experiments.FIELDS) == list(experiments.FIELDS.default_order)


def test_an_ordering_is_completed_by_what_it_does_not_give() -> None:
    by_metric = OrderKey(Entity.METRIC, "a", True)
    by_start = OrderKey(Entity.ATTRIBUTE, "start_time", False)
    by_id = OrderKey(Entity.ATTRIBUTE, "run_id", False)
    by_latest = OrderKey(Entity.ATTRIBUTE, "start_time", True)
    assert complete_order([by_metric], runs.FIELDS) == [by_metric, by_latest, by_id]
    assert complete_order([by_start], runs.FIELDS) == [by_start, by_id]


@given(st.permutations(["metrics.a", "params.p DESC", "run_id", "start_time DESC"]))
def test_a_completed_ordering_keeps_what_was_given_and_is_unique(columns: list[str]) -> None:
    given_keys = parse_order_by(columns, runs.FIELDS)
    completed = complete_order(given_keys, runs.FIELDS)
    assert completed[: len(columns)] == given_keys
    assert len({(key.entity, key.key) for key in completed}) == len(completed)


@pytest.mark.parametrize(
    ("text", "key", "aggregate"),
    [
        ("metrics.acc", "acc", "last"),
        ("metrics.acc:last", "acc", "last"),
        ("metrics.acc:min", "acc", "min"),
        ("metric.val/acc:max", "val/acc", "max"),
        ("metrics.a.b:first", "a.b", "first"),
        ("metrics.`val acc`:mean", "val acc", "mean"),
        ('metrics."val acc":count', "val acc", "count"),
        ("metrics.'val acc':count", "val acc", "count"),
        ("`metrics`.`val acc`:max", "val acc", "max"),
        ("metrics.`acc:max`", "acc:max", "last"),
        ("metrics.'acc:max'", "acc:max", "last"),
        ("metrics.`acc:max`:min", "acc:max", "min"),
        ("metrics.train:loss", "train:loss", "last"),
        ("metrics.train:loss:min", "train:loss", "min"),
        ("metrics.acc::max", "acc::max", "last"),
        ("metrics.acc:MAX", "acc:MAX", "last"),
    ],
)
def test_an_aggregate_stands_behind_a_metric(text: str, key: str, aggregate: str) -> None:
    comparison = parse_filter(f"{text} > 0.5", runs.FIELDS)
    assert comparison == Comparison(
        Entity.METRIC, key, Operator.GREATER, Number(0.5, "0.5"), aggregate=Aggregate(aggregate)
    )
    assert parse_order_by([f"{text} DESC"], runs.FIELDS) == [
        OrderKey(Entity.METRIC, key, True, Aggregate(aggregate))
    ]
    column = parse_column(text, runs.FIELDS)
    assert (column.entity, column.key, column.aggregate) == (Entity.METRIC, key, Aggregate(aggregate))


def test_a_colon_is_part_of_every_other_key() -> None:
    assert parse_filter("params.a:max = 'x'", runs.FIELDS) == Comparison(
        Entity.PARAM, "a:max", Operator.EQUAL, Text("x")
    )
    assert parse_filter("metrics.a:max = 1", logged_models.FIELDS) == Comparison(
        Entity.METRIC, "a:max", Operator.EQUAL, Number(1, "1")
    )


@pytest.mark.parametrize(
    ("text", "start", "problem"),
    [
        ("metrics.`a`:median > 1", 11, "metrics have no aggregate 'median'; they have :last, :min"),
        ("metrics.`a`:MAX > 1", 11, "metrics have no aggregate 'MAX'"),
        ("tags.`a`:max = 'x'", 8, "only metrics of runs have aggregates such as :max"),
        ("metrics.`a`: > 1", 11, "an aggregate belongs behind the colon"),
    ],
)
def test_what_is_no_aggregate_is_refused(text: str, start: int, problem: str) -> None:
    with pytest.raises(FilterSyntaxError, match=re.escape(problem)) as caught:
        parse_filter(text, runs.FIELDS)
    assert caught.value.start == start


def test_aggregates_of_one_metric_are_different_columns() -> None:
    assert len(parse_order_by(["metrics.a:min", "metrics.a:max", "metrics.a"], runs.FIELDS)) == 3
    with pytest.raises(FilterSyntaxError, match="already"):
        parse_order_by(["metrics.a", "metrics.a:last DESC"], runs.FIELDS)


@pytest.mark.parametrize("text", ["", "metrics.a DESC", "> 1", "nonsense", "metrics.a, metrics.b"])
def test_what_is_no_column_is_refused(text: str) -> None:
    with pytest.raises(FilterSyntaxError, match="Invalid column"):
        parse_column(text, runs.FIELDS)
