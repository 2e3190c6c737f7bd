"""`mlflow webhooks`."""

from __future__ import annotations

import json
import sys
from datetime import UTC

import click

from mlflow._base.moments import show_moment
from mlflow.cli.table import print_table
from mlflow.entities.webhook import ACTIONS
from mlflow.tracking.client import MlflowClient

id_argument = click.argument("webhook_id")
event_option = click.option(
    "--event",
    "events",
    multiple=True,
    help="What it is told, such as model_version.transitioned; may be repeated.",
)


@click.group()
def webhooks() -> None:
    """Have addresses told what happens to models and runs. A server makes the deliveries."""


@webhooks.command()
@click.argument("name")
@click.argument("url")
@event_option
@click.option("--description", help="Text for people.")
@click.option(
    "--secret", envvar="MLFLOW_WEBHOOK_SECRET", help="What deliveries are signed with; never shown again."
)
@click.option("--disabled", is_flag=True, help="Tell it nothing yet.")
def create(
    name: str, url: str, events: tuple[str, ...], description: str | None, secret: str | None, disabled: bool
) -> None:
    """Make a webhook."""
    status = "DISABLED" if disabled else "ACTIVE"
    made = MlflowClient().create_webhook(name, url, events, description, secret, status)
    click.echo(f"Webhook {made.webhook_id} is made.")


@webhooks.command(name="list")
def list_webhooks() -> None:
    """List webhooks, the newest first."""
    rows = []
    token: str | None = None
    while True:
        page = MlflowClient().list_webhooks(1000, token)
        rows += [
            [
                item.webhook_id,
                item.name,
                item.status.value,
                item.url,
                ", ".join(str(event) for event in item.events),
            ]
            for item in page
        ]
        token = page.token
        if not token:
            break
    print_table(["Webhook", "Name", "Status", "URL", "Events"], rows)


@webhooks.command()
def events() -> None:
    """List what webhooks can be told."""
    for entity, actions in ACTIONS.items():
        for action in actions:
            click.echo(f"{entity}.{action}")


@webhooks.command()
@id_argument
@click.option("--name", help="Another name.")
@click.option("--url", help="Another address.")
@event_option
@click.option("--description", help="Another description.")
@click.option("--secret", envvar="MLFLOW_WEBHOOK_SECRET", help="Another secret.")
@click.option("--status", type=click.Choice(["ACTIVE", "DISABLED"]), help="Whether it is told anything.")
def update(
    webhook_id: str,
    name: str | None,
    url: str | None,
    events: tuple[str, ...],
    description: str | None,
    secret: str | None,
    status: str | None,
) -> None:
    """Change a webhook; events replace those before."""
    MlflowClient().update_webhook(webhook_id, name, description, url, events or None, secret, status)
    click.echo(f"Webhook {webhook_id} is changed.")


@webhooks.command()
@id_argument
def delete(webhook_id: str) -> None:
    """Delete a webhook; what waits for it is not delivered any more."""
    MlflowClient().delete_webhook(webhook_id)
    click.echo(f"Webhook {webhook_id} is deleted.")


@webhooks.command()
@id_argument
@click.option("--event", help="What it is told; its first event by default.")
def test(webhook_id: str, event: str | None) -> None:
    """Tell a webhook an example at once; the exit status is 1 if it did not take it."""
    result = MlflowClient().test_webhook(webhook_id, event)
    click.echo(json.dumps(dict(result), indent=2))
    if not result.success:
        sys.exit(1)


@webhooks.command()
@id_argument
@click.option(
    "--max-results", type=click.IntRange(1, 1000), default=100, show_default=True, help="Most deliveries."
)
def deliveries(webhook_id: str, max_results: int) -> None:
    """List the last deliveries to a webhook, the newest first."""
    rows = [
        [
            item.delivery_id,
            item.event,
            show_moment(item.creation_timestamp, UTC),
            item.attempts,
            "" if item.response_status is None else item.response_status,
            "" if item.next_attempt is None else show_moment(item.next_attempt, UTC),
            item.error_message,
        ]
        for item in MlflowClient().get_webhook_deliveries(webhook_id, max_results)
    ]
    print_table(["Delivery", "Event", "Time", "Attempts", "Status", "Next", "Error"], rows)
