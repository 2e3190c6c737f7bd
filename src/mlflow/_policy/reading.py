"""Reading a policy file; what is wrong with it is told with its line."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from mlflow._policy.policy import MetricRule, Policy
from mlflow.entities.model_registry.model_version_stages import get_canonical_stage
from mlflow.exceptions import InvalidParameterValue

if TYPE_CHECKING:
    from yaml.nodes import Node

T = TypeVar("T")
Readers = Mapping[str, Callable[["Node", str], Any]]
MAX_BYTES = 1024 * 1024


@lru_cache(maxsize=8)
def read_policies(text: str) -> tuple[Policy, ...]:
    """The policies of a file.

    Raises:
        InvalidParameterValue: The file is no policy file; the message has the line and the remedy.
    """
    import yaml

    if len(text) > MAX_BYTES:
        raise InvalidParameterValue(f"A policy file has at most {MAX_BYTES} characters, not {len(text)}")
    try:
        # Composed without constructing anything, so that every value still knows its line.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        line = 1 if mark is None else mark.line + 1
        raise InvalidParameterValue(f"Policy file, line {line}: it is not valid YAML: {problem}") from None
    if root is None:
        raise InvalidParameterValue("Policy file, line 1: it is empty; it needs a list 'policies'")
    members = _members(root, "the file", {"policies": _list_of(_policy)}, ("policies",))
    policies: tuple[Policy, ...] = members["policies"]
    return policies


def read_place(text: str) -> str:
    """Where a version goes, as policies name it: `Production` is `stage/Production`, `@champion` is `alias/champion`.

    Raises:
        InvalidParameterValue: It is neither a stage nor an alias.
    """
    if text.startswith("@") and len(text) > 1:
        return f"alias/{text[1:]}"
    return f"stage/{get_canonical_stage(text)}"


def show_place(place: str) -> str:
    """As `read_place` reads it: `Production`, `@champion`."""
    kind, _, name = place.partition("/")
    return f"@{name}" if kind == "alias" else name


def _policy(node: Node, what: str) -> Policy:
    found = _members(
        node,
        what,
        {
            "models": _texts,
            "to": _list_or_one(_place),
            "require": _requirements,
            "one_holder": _flag,
            "break_glass": _break_glass,
        },
        ("models",) if "one_holder" in _names(node) else ("models", "require"),
    )
    return Policy(
        line=node.start_mark.line + 1,
        models=found["models"],
        places=found.get("to", ("stage/Production",)),
        one_holder=found.get("one_holder", False),
        **found.get("require", {}),
        **found.get("break_glass", {}),
    )


def _requirements(node: Node, what: str) -> dict[str, Any]:
    found = _members(
        node,
        what,
        {
            "reason": _flag,
            "ticket": _flag,
            "signature": _flag,
            "clean_git": _flag,
            "metrics": _list_of(_metric),
            "approvals": _count,
            "approval_days": _number,
        },
    )
    if not found:
        _refuse(node, f"{what} requires nothing; name a rule such as 'reason: true'")
    return found


def _break_glass(node: Node, what: str) -> dict[str, Any]:
    return _members(node, what, {"review_days": _number}, ("review_days",))


def _metric(node: Node, what: str) -> MetricRule:
    found = _members(node, what, {"name": _text, "min": _number, "max": _number, "dataset": _text}, ("name",))
    if "min" not in found and "max" not in found:
        _refuse(node, f"the metric {found['name']!r} has neither 'min' nor 'max'; give at least one of them")
    return MetricRule(found["name"], found.get("min"), found.get("max"), found.get("dataset", ""))


def _members(node: Node, what: str, readers: Readers, required: tuple[str, ...] = ()) -> dict[str, Any]:
    if _kind(node) != "mapping":
        _refuse(node, f"{what} must have members ({', '.join(readers)}), not be {_shown(node)}")
    found: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name not in readers:
            close = get_close_matches(name, readers, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"use {', '.join(readers)}"
            _refuse(key, f"{what} knows no {name!r}; {hint}")
        if name in found:
            _refuse(key, f"{what} has {name!r} twice; keep one of them")
        found[name] = readers[name](value, repr(name))
    for name in required:
        if name not in found:
            _refuse(node, f"{what} needs {name!r}")
    return found


def _names(node: Node) -> set[str]:
    """Names of the members that a node has."""
    return {str(key.value) for key, _ in node.value} if _kind(node) == "mapping" else set()


def _list_of(read: Callable[[Node, str], T]) -> Callable[[Node, str], tuple[T, ...]]:
    def read_all(node: Node, what: str) -> tuple[T, ...]:
        if _kind(node) != "sequence":
            _refuse(node, f"{what} must be a list, with '- ' before each entry, not {_shown(node)}")
        return tuple(read(item, f"an entry of {what}") for item in node.value)

    return read_all


def _list_or_one(read: Callable[[Node, str], T]) -> Callable[[Node, str], tuple[T, ...]]:
    def read_some(node: Node, what: str) -> tuple[T, ...]:
        items = node.value if _kind(node) == "sequence" else [node]
        if not items:
            _refuse(node, f"{what} is empty")
        return tuple(read(item, what) for item in items)

    return read_some


def _text(node: Node, what: str) -> str:
    if _kind(node) != "scalar" or not node.value:
        _refuse(node, f"{what} must be a text, not {_shown(node)}")
    return str(node.value)


_texts = _list_or_one(_text)


def _place(node: Node, what: str) -> str:
    text = _text(node, what)
    try:
        return read_place(text)
    except InvalidParameterValue as error:
        _refuse(node, f"{what}: {error.message}; aliases are written '@champion', with quotes")


def _flag(node: Node, what: str) -> bool:
    if node.tag != "tag:yaml.org,2002:bool":
        _refuse(node, f"{what} must be true or false, not {_shown(node)}")
    return str(node.value).lower() in {"true", "yes", "on"}


def _count(node: Node, what: str) -> int:
    if node.tag != "tag:yaml.org,2002:int" or not str(node.value).isdecimal():
        _refuse(node, f"{what} must be a whole number, not {_shown(node)}")
    return int(node.value)


def _number(node: Node, what: str) -> float:
    try:
        number = float(node.value) if _kind(node) == "scalar" else float("nan")
    except ValueError:
        number = float("nan")
    if not math.isfinite(number):
        _refuse(node, f"{what} must be a number, not {_shown(node)}")
    return number


def _kind(node: Any) -> str:
    """`scalar`, `sequence` or `mapping`."""
    return str(node.id)


def _shown(node: Node) -> str:
    return repr(node.value)[:50] if _kind(node) == "scalar" else f"a {_kind(node)}"


def _refuse(node: Node, problem: str) -> NoReturn:
    raise InvalidParameterValue(f"Policy file, line {node.start_mark.line + 1}: {problem}")
