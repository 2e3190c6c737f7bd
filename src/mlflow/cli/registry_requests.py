"""`mlflow registry move`, `request`, `requests`, `approve`, `reject`, `comment` and `comments`."""

from __future__ import annotations

import sys
from datetime import UTC

import click

from mlflow._base.moments import show_moment
from mlflow.cli.registry_options import name_argument, reason_option, ticket_option, version_argument
from mlflow.cli.table import print_table
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.order import DecisionOrder
from mlflow.tracking.client import MlflowClient

request_argument = click.argument("request", type=int)


@click.command()
@name_argument
@version_argument
@click.option("--to", required=True, help="Stage, or alias as @champion, that it gets.")
@click.option(
    "--archive-existing", is_flag=True, help="Archive other versions in that stage in the same step."
)
@click.option("--dry-run", is_flag=True, help="Only tell what would come of it.")
@reason_option
@ticket_option
def move(
    name: str,
    version: str,
    to: str,
    archive_existing: bool,
    dry_run: bool,
    reason: str | None,
    ticket: str | None,
) -> None:
    """Give a version a stage or an alias; or tell what would come of it, with exit status 1 if it would be refused."""
    act = "alias" if to.startswith("@") else "stage"
    order = DecisionOrder(name, version, act, to, archive_existing)
    outcome = MlflowClient().decide(order, dry_run, reason=reason, ticket=ticket)
    if outcome.event is not None:
        click.echo(f"Event {outcome.event.seq}: {_done(outcome.event)}")
        return
    for effect in outcome.effects:
        click.echo(effect.text)
    for check in outcome.checks:
        click.echo(
            f"{'passed' if check.ok else 'FAILED'}  {check.rule}: {check.found}. {'' if check.ok else check.remedy}".strip()
        )
    if not all(check.ok for check in outcome.checks):
        sys.exit(1)


@click.command()
@name_argument
@version_argument
@click.option(
    "--to", default="Production", show_default=True, help="Stage, or alias as @champion, that it is to get."
)
@click.option(
    "--archive-existing", is_flag=True, help="Archive other versions in that stage in the same step."
)
@reason_option
@ticket_option
def request(
    name: str, version: str, to: str, archive_existing: bool, reason: str | None, ticket: str | None
) -> None:
    """Ask that a version gets a stage or an alias; somebody else approves or rejects it."""
    made = MlflowClient().request_transition(
        name, version, to, archive_existing, reason=reason, ticket=ticket
    )
    click.echo(f"Request {made.seq} waits for somebody else: mlflow registry approve {made.seq}")


@click.command()
@click.argument("name", required=False)
@click.argument("version", required=False)
def requests(name: str | None, version: str | None) -> None:
    """List requests that wait for an answer: all, of a model, or of a version."""
    rows = [
        [
            item.seq,
            show_moment(item.timestamp, UTC),
            item.name,
            item.version,
            item.to,
            item.actor,
            item.reason,
            item.ticket,
            ", ".join(item.approvals),
        ]
        for item in MlflowClient().get_pending_requests(name, version)
    ]
    heads = ["Request", "Time", "Model", "Version", "To", "By", "Reason", "Ticket", "Approved by"]
    print_table(heads, rows)


@click.command()
@request_argument
@reason_option
@ticket_option
def approve(request: int, reason: str | None, ticket: str | None) -> None:
    """Agree to a request; the version moves once as many others agreed as the policies ask for."""
    event = MlflowClient().approve_request(request, reason=reason, ticket=ticket)
    moved = event.action != "approve_model_version"
    ending = _done(event) if moved else "more approvals are needed."
    click.echo(f"Request {request} is approved: {ending}")


@click.command()
@request_argument
@reason_option
@ticket_option
def reject(request: int, reason: str | None, ticket: str | None) -> None:
    """Close a request without doing what it asks for."""
    MlflowClient().reject_request(request, reason=reason, ticket=ticket)
    click.echo(f"Request {request} is rejected.")


@click.command()
@request_argument
@reason_option
@ticket_option
def withdraw(request: int, reason: str | None, ticket: str | None) -> None:
    """Take your own request back."""
    MlflowClient().withdraw_request(request, reason=reason, ticket=ticket)
    click.echo(f"Request {request} is withdrawn.")


@click.command()
@name_argument
@version_argument
@click.argument("text")
def comment(name: str, version: str, text: str) -> None:
    """Say something about a version."""
    made = MlflowClient().create_comment(name, version, text)
    click.echo(f"Comment {made.id} is made.")


@click.command()
@name_argument
@version_argument
def comments(name: str, version: str) -> None:
    """List the comments about a version."""
    rows = [
        [item.id, show_moment(item.creation_timestamp, UTC), item.user_id, item.comment]
        for item in MlflowClient().get_comments(name, version)
    ]
    print_table(["Comment", "Time", "By", "Says"], rows)


COMMANDS = (move, request, requests, approve, reject, withdraw, comment, comments)


def _done(event: Decision) -> str:
    if event.action == "set_alias":
        alias = event.slot.partition("/")[2]
        return f"the alias '{alias}' points to version {event.version} of '{event.name}'."
    return f"version {event.version} of '{event.name}' is in {(event.after or {}).get('stage')}."
