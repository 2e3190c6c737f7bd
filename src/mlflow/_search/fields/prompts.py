"""The clause that tells prompts from models in the registry.

Prompts are registered models with the tag `mlflow.prompt.is_prompt`. A search of the registry leaves them
out, unless one of its AND-ed clauses asks for them: the tag `= 'true'` or `!= 'false'`.
"""

from __future__ import annotations

from mlflow._search.tree import And, Comparison, Entity, Node, Not, Operator, Text
from mlflow.exceptions import InvalidParameterValue

IS_PROMPT_KEY = "mlflow.prompt.is_prompt"


def separate_prompts(tree: Node | None) -> tuple[Node | None, bool]:
    """Take the clause about prompts out of a filter of the registry.

    Args:
        tree: The filter; None for all.

    Returns:
        The rest of the filter, and whether to search prompts (True) or models (False).

    Raises:
        InvalidParameterValue: The clause stands under `OR` or `NOT`, or is not a comparison by `=` or `!=`
            with `'true'` or `'false'`.
    """
    clauses = tree.operands if isinstance(tree, And) else () if tree is None else (tree,)
    rest = []
    wants_prompts = False
    for clause in clauses:
        if isinstance(clause, Comparison) and _is_about_prompts(clause):
            wants_prompts = _asks_for_prompts(clause) or wants_prompts
        elif _mentions_prompts(clause):
            raise InvalidParameterValue(
                f"Invalid filter: tags.`{IS_PROMPT_KEY}` can only be one of the clauses joined by AND, "
                "not part of OR, NOT or parentheses."
            )
        else:
            rest.append(clause)
    if len(rest) > 1:
        return And(tuple(rest)), wants_prompts
    return (rest[0] if rest else None), wants_prompts


def _is_about_prompts(clause: Comparison) -> bool:
    return clause.entity is Entity.TAG and clause.key == IS_PROMPT_KEY


def _mentions_prompts(node: Node) -> bool:
    if isinstance(node, Comparison):
        return _is_about_prompts(node)
    if isinstance(node, Not):
        return _mentions_prompts(node.operand)
    return any(_mentions_prompts(operand) for operand in node.operands)


def _asks_for_prompts(clause: Comparison) -> bool:
    wanted = clause.value.value if isinstance(clause.value, Text) else None
    if clause.operator in (Operator.EQUAL, Operator.NOT_EQUAL) and wanted in ("true", "false"):
        return (clause.operator is Operator.EQUAL) == (wanted == "true")
    raise InvalidParameterValue(
        f"Invalid filter: write tags.`{IS_PROMPT_KEY}` = 'true' to search prompts, or = 'false' for models."
    )
