"""`mlflow registry policy`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from mlflow.cli.registry_options import name_argument, reason_option, ticket_option, version_argument
from mlflow.cli.table import print_table
from mlflow.tracking.client import MlflowClient

target_option = click.option(
    "--to", "target", default="Production", show_default=True, help="Stage, or alias as @champion."
)


@click.group()
def policy() -> None:
    """Say what a version has to be before it gets a stage or an alias: reasons, metrics, approvals."""


@policy.command()
def show() -> None:
    """Print the policy file that holds."""
    click.echo(MlflowClient().get_registry_policy(), nl=False)


@policy.command(name="set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reason_option
@ticket_option
def set_policy(file: Path, reason: str | None, ticket: str | None) -> None:
    """Let the policies of FILE hold from now on, instead of those that do."""
    text = file.read_text(encoding="utf-8")
    if not text.strip():
        raise click.UsageError(f"{file} is empty. To let no policy hold: mlflow registry policy remove")
    MlflowClient().set_registry_policy(text, reason=reason, ticket=ticket)
    click.echo(f"The policies of {file} hold.")


@policy.command()
@reason_option
@ticket_option
def remove(reason: str | None, ticket: str | None) -> None:
    """Let no policy hold."""
    MlflowClient().set_registry_policy("", reason=reason, ticket=ticket)
    click.echo("No policy holds.")


@policy.command()
@name_argument
@version_argument
@target_option
def check(name: str, version: str, target: str) -> None:
    """Tell what would come of giving a version a stage or an alias now; the exit status is 1 if it would be refused."""
    outcomes = MlflowClient().check_model_version(name, version, target)
    if not outcomes:
        click.echo(f"No policy has a say in '{name}' and {target}.")
        return
    rows = [
        ["passed" if item.ok else "failed", item.rule, item.found, "" if item.ok else item.remedy]
        for item in outcomes
    ]
    print_table(["Outcome", "Rule", "Found", "Remedy"], rows)
    if not all(item.ok for item in outcomes):
        sys.exit(1)


@policy.command()
@name_argument
@version_argument
@target_option
@reason_option
@ticket_option
def approve(name: str, version: str, target: str, reason: str | None, ticket: str | None) -> None:
    """Agree that a version gets a stage or an alias."""
    MlflowClient().approve_model_version(name, version, target, reason=reason, ticket=ticket)
    click.echo(f"You agree that version {version} of '{name}' gets {target}.")


@policy.command()
def reviews() -> None:
    """List decisions that were made against a policy and that nobody else has looked at yet."""
    rows = [
        [
            item.event,
            item.name,
            item.actor,
            f"{datetime.fromtimestamp(item.due / 1000, UTC):%Y-%m-%d %H:%M} UTC",
        ]
        for item in MlflowClient().get_open_reviews()
    ]
    print_table(["Event", "Model", "Actor", "Review by"], rows)


@policy.command()
@click.argument("event", type=int)
@reason_option
@ticket_option
def review(event: int, reason: str | None, ticket: str | None) -> None:
    """Say, as the reason, what comes of looking at a decision that was made against a policy."""
    MlflowClient().review_decision(event, reason=reason, ticket=ticket)
    click.echo(f"Decision {event} is reviewed.")
