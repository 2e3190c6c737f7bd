"""The pages on settings and on the command line, from the code."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import click

from mlflow import environment_variables
from mlflow.cli import cli


def settings() -> str:
    """The page about settings."""
    lines = [
        "# Settings",
        "",
        "Read from the environment whenever they are needed. Made from the code; run `make generate` after a change.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    body = ast.parse(Path(environment_variables.__file__).read_text(encoding="utf-8")).body
    for statement, following in itertools.pairwise(body):
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        variable = getattr(environment_variables, statement.targets[0].id)
        if not hasattr(variable, "default") or not isinstance(following, ast.Expr):
            continue
        meaning = " ".join(str(ast.literal_eval(following.value)).split())
        default = "" if variable.default in (None, []) else f"`{variable.default}`"
        lines.append(f"| `{variable.name}` | {default} | {meaning} |")
    return "\n".join(lines) + "\n"


def commands() -> str:
    """The page about the command line."""
    lines = [
        "# Command line",
        "",
        "`mlflow` and `headrace` are the same command. Made from the code; run `make generate` after a change.",
        "Exit codes: 0 done, 1 failed (the reason is printed), 2 wrong usage.",
        "",
    ]
    context = click.Context(cli, info_name="mlflow")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None, name
        lines += _described(command, f"mlflow {name}")
    return "\n".join(lines).rstrip() + "\n"


def _described(command: click.Command, path: str) -> list[str]:
    lines = [f"## `{path}`", "", " ".join((command.help or "").split()), ""]
    options = [
        parameter
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
    ]
    if options:
        lines += ["| option | environment | meaning |", "|---|---|---|"]
        for option in options:
            names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
            variables = [option.envvar] if isinstance(option.envvar, str) else list(option.envvar or ())
            default = ""
            if option.show_default and option.default is not None:
                default = f" Default: `{option.default}`."
            required = " Required." if option.required else ""
            environment = ", ".join(f"`{name}`" for name in variables)
            lines.append(f"| {names} | {environment} | {option.help or ''}{default}{required} |")
        lines.append("")
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None, name
            lines += _described(child, f"{path} {name}")
    return lines
