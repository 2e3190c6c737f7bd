from __future__ import annotations

import pytest

from mlflow._search.fields.prompts import separate_prompts
from mlflow._search.fields.registered_models import FIELDS
from mlflow._search.format import format_filter
from mlflow._search.parser import parse_filter
from mlflow.exceptions import InvalidParameterValue

PROMPT = "tags.`mlflow.prompt.is_prompt`"


@pytest.mark.parametrize(
    ("text", "rest", "prompts"),
    [
        ("", "", False),
        ("name = 'm'", "name = 'm'", False),
        (f"{PROMPT} = 'true'", "", True),
        (f"{PROMPT} != 'false'", "", True),
        (f"{PROMPT} = 'false'", "", False),
        (f"{PROMPT} != 'true'", "", False),
        ("tags.mlflow.prompt.is_prompt = 'true'", "", True),
        (f"name = 'm' AND {PROMPT} = 'true'", "name = 'm'", True),
        (f"name = 'm' AND {PROMPT} = 'true' AND tags.a = 'b'", "name = 'm' AND tags.a = 'b'", True),
        (
            f"{PROMPT} = 'true' AND (name = 'm' OR tags.a = 'b')",
            "name = 'm' OR tags.a = 'b'",
            True,
        ),
    ],
)
def test_prompts_are_searched_only_if_a_clause_asks_for_them(text: str, rest: str, prompts: bool) -> None:
    remaining, wants_prompts = separate_prompts(parse_filter(text, FIELDS))
    assert (format_filter(remaining), wants_prompts) == (rest, prompts)


@pytest.mark.parametrize(
    "text",
    [
        f"{PROMPT} = 'true' OR name = 'm'",
        f"NOT {PROMPT} = 'true'",
        f"name = 'm' AND (tags.a = 'b' OR {PROMPT} = 'true')",
    ],
)
def test_the_clause_about_prompts_stands_alone(text: str) -> None:
    with pytest.raises(InvalidParameterValue, match="joined by AND"):
        separate_prompts(parse_filter(text, FIELDS))


@pytest.mark.parametrize("condition", ["LIKE 'true'", "= 'yes'", "IS NULL", "IN ('true')", "= 1"])
def test_the_clause_about_prompts_has_one_form(condition: str) -> None:
    with pytest.raises(InvalidParameterValue, match="= 'true' to search prompts"):
        separate_prompts(parse_filter(f"{PROMPT} {condition}", FIELDS))
