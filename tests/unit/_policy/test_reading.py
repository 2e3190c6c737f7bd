"""Policy files, right and wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._policy.policy import MetricRule, Policy
from mlflow._policy.reading import read_place, read_policies
from mlflow.exceptions import InvalidParameterValue

WHOLE = """\
policies:
  - models: credit-*
    to: [Production, "@champion"]
    require:
      reason: true
      ticket: true
      signature: true
      clean_git: true
      metrics:
        - {name: auc, min: 0.85, dataset: holdout}
        - {name: latency_ms, max: 20}
      approvals: 2
      approval_days: 30
    break_glass:
      review_days: 3
  - models: [a, b]
    require: {reason: yes}
"""


def test_a_policy_file_is_read() -> None:
    metrics = (MetricRule("auc", least=0.85, dataset="holdout"), MetricRule("latency_ms", most=20))
    assert read_policies(WHOLE) == (
        Policy(
            2,
            ("credit-*",),
            ("stage/Production", "alias/champion"),
            reason=True,
            ticket=True,
            signature=True,
            clean_git=True,
            metrics=metrics,
            approvals=2,
            approval_days=30,
            review_days=3,
        ),
        Policy(16, ("a", "b"), ("stage/Production",), reason=True),
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "it needs a list 'policies'"),
        ("policies: [", 1, "not valid YAML"),
        ("policies:\n  - models: a\n    require: {reason: true}\n  bad", 4, "not valid YAML"),
        ("- a", 1, "must have members"),
        ("rules: []", 1, "use policies"),
        ("policies: no", 1, "must be a list"),
        ("policies:\n  - require: {reason: true}", 2, "needs 'models'"),
        ("policies:\n  - models: a", 2, "needs 'require'"),
        ("policies:\n  - models: a\n    require: {}", 3, "requires nothing"),
        ("policies:\n  - models: a\n    requires: {}", 3, "did you mean 'require'?"),
        ("policies:\n  - models: a\n    models: b", 3, "twice"),
        ("policies:\n  - models: a\n    to: Prod\n    require: {reason: true}", 3, "Production"),
        ("policies:\n  - models: a\n    to: []\n    require: {reason: true}", 3, "empty"),
        ("policies:\n  - models: a\n    require:\n      reason: often", 4, "true or false, not 'often'"),
        ("policies:\n  - models: a\n    require:\n      approvals: -1", 4, "whole number"),
        (
            "policies:\n  - models: a\n    require:\n      metrics:\n        - {name: auc}",
            5,
            "'min' nor 'max'",
        ),
        ("policies:\n  - models: a\n    require:\n      metrics:\n        - {min: 1}", 5, "needs 'name'"),
        (
            "policies:\n  - models: a\n    require:\n      metrics:\n        - {name: a, min: .nan}",
            5,
            "a number",
        ),
    ],
)
def test_an_error_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(InvalidParameterValue) as caught:
        read_policies(text)
    assert caught.value.message.startswith(f"Policy file, line {line}: ")
    assert words in caught.value.message


@given(st.text(max_size=200) | st.text("policies: -[]{},\nmodels&*!|>'\"", max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read_policies(text)
    except InvalidParameterValue as error:
        assert error.message.startswith("Policy file, line ")  # noqa: PT017 - not every text is refused


def test_places_are_stages_and_aliases() -> None:
    assert read_place("production") == "stage/Production"
    assert read_place("@champion") == "alias/champion"
    with pytest.raises(InvalidParameterValue, match="Staging"):
        read_place("@")
