"""`mlflow registry`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Any, TypeVar

import click

from mlflow._base.moments import parse_period, parse_zone, show_moment
from mlflow._session.stores import open_registry_store
from mlflow.cli.registry_options import name_argument, reason_option, ticket_option, version_argument
from mlflow.cli.registry_policy import policy
from mlflow.cli.registry_requests import COMMANDS
from mlflow.cli.table import print_table
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.registry_state import Held, RegistryState
from mlflow.tracking.client import MlflowClient
from mlflow.tracking.decisions import search_decisions, state_at

F = TypeVar("F", bound=Callable[..., Any])
PAGE_SIZE = 1000

zone_option = click.option(
    "--tz", default="UTC", show_default=True, help="Time zone of days and of the times that are shown."
)
output_option = click.option(
    "--output", type=click.Choice(["table", "json"]), default="table", show_default=True, help="Form."
)


def _filter_options(command: F) -> F:
    """Options that choose events."""
    for option in (
        click.option("--version", help="Number of a version."),
        click.option("--actor", help="Who decided."),
        click.option(
            "--action", multiple=True, help="Kind of events, such as transition_stage; may be repeated."
        ),
        click.option("--since", help="From this day or time on."),
        click.option("--until", help="Up to this time, or to the end of this day."),
        click.option("--max-results", type=click.IntRange(min=1), help="Most events, the latest ones."),
        zone_option,
        output_option,
    ):
        command = option(command)
    return command


@click.group()
def registry() -> None:
    """Show registered models, now and in the past, and their history. The store is the one of MLFLOW_REGISTRY_URI, else
    of MLFLOW_TRACKING_URI.
    """


@registry.command()
@name_argument
@click.option(
    "--at", help="A day (2023-03-14), or a time with its offset (2023-03-14T10:00+01:00); now by default."
)
@zone_option
@output_option
def show(name: str, at: str | None, tz: str, output: str) -> None:
    """Show what the registry holds about a model, or held at some time.

    A day means all of it: what held at its end, and what changed during it.
    """
    zone = parse_zone(tz)
    state = state_at(open_registry_store(), name, at, zone)
    if output == "json":
        click.echo(json.dumps(_as_json(state), indent=2))
        return
    click.echo(f"{state.name} as of {show_moment(state.at, zone)} (event {state.seq})")
    aliases: dict[str, list[str]] = {}
    for item in state.aliases:
        aliases.setdefault(item.version, []).append(item.alias)
    print_table(
        ["Version", "Stage", "Since", "By", "Reason", "Ticket", "Aliases", "Run"],
        [
            [
                version.version,
                version.stage,
                *_held(version.stage_held, zone),
                ", ".join(aliases.get(version.version, [])),
                version.run_id,
            ]
            for version in state.versions
        ],
    )
    if state.changes:
        click.echo(f"\nChanged during {at}:")
        _print_events(state.changes, zone)


@registry.command()
@name_argument
@_filter_options
def history(name: str, **options: Any) -> None:
    """Show everything that was decided about a model: who, when, why, before and after."""
    _show_events(name, **options)


@registry.command()
@click.option("--model", help="Name of a registered model.")
@_filter_options
def log(model: str | None, **options: Any) -> None:
    """Show what was decided about all models."""
    _show_events(model, **options)


@registry.command()
@name_argument
@click.option("--stage", help="Stage to give back; Production by default.")
@click.option("--alias", help="Alias to give back, instead of a stage.")
@click.option("--to", help="Version that gets it; by default the one that had it before the present one.")
@click.option("--at", help="The version that had it then: a day (its end), or a time with its offset.")
@zone_option
@reason_option
@ticket_option
def rollback(
    name: str,
    stage: str | None,
    alias: str | None,
    to: str | None,
    at: str | None,
    tz: str,
    reason: str | None,
    ticket: str | None,
) -> None:
    """Give a stage or an alias back to a version that had it before."""
    moment = None if at is None else parse_period(at, parse_zone(tz)).last_ms
    version = MlflowClient().rollback_registered_model(
        name, stage, alias=alias, to=to, at=moment, reason=reason, ticket=ticket
    )
    place = f"the alias '{alias}'" if alias else f"the stage {version.current_stage}"
    click.echo(f"Version {version.version} of '{name}' has {place} again.")


@registry.command()
@name_argument
@version_argument
@reason_option
@ticket_option
def hold(name: str, version: str, reason: str | None, ticket: str | None) -> None:
    """Put a version under legal hold: neither it nor what it stands on can be deleted."""
    MlflowClient().hold_model_version(name, version, reason=reason, ticket=ticket)
    click.echo(f"Version {version} of '{name}' is under legal hold.")


@registry.command()
@name_argument
@version_argument
@reason_option
@ticket_option
def release(name: str, version: str, reason: str | None, ticket: str | None) -> None:
    """End the legal hold of a version."""
    client = MlflowClient()
    client.release_model_version(name, version, reason=reason, ticket=ticket)
    reasons = client.get_model_version_protection(name, version)
    still = f", but stays protected: {', '.join(reasons)}" if reasons else ""
    click.echo(f"Version {version} of '{name}' is under no legal hold any more{still}.")


@registry.command()
@name_argument
@click.argument("version", required=False)
@reason_option
@ticket_option
def restore(name: str, version: str | None, reason: str | None, ticket: str | None) -> None:
    """Bring back a deleted version, or without VERSION the model of that name that was deleted last."""
    client = MlflowClient()
    if version is None:
        client.restore_registered_model(name, reason=reason, ticket=ticket)
        click.echo(f"'{name}' is back.")
        return
    found = client.restore_model_version(name, version, reason=reason, ticket=ticket)
    click.echo(f"Version {version} of '{name}' is back, in the stage {found.current_stage}.")


def _show_events(
    name: str | None,
    version: str | None,
    actor: str | None,
    action: tuple[str, ...],
    since: str | None,
    until: str | None,
    max_results: int | None,
    tz: str,
    output: str,
) -> None:
    zone = parse_zone(tz)
    store = open_registry_store()
    found: list[Decision] = []
    token: str | None = None
    while max_results is None or len(found) < max_results:
        size = PAGE_SIZE if max_results is None else min(PAGE_SIZE, max_results - len(found))
        page = search_decisions(store, name, version, actor, action, since, until, size, token, zone)
        found += page
        token = page.token
        if not token:
            break
    found.reverse()
    if output == "json":
        click.echo(json.dumps([dict(item) for item in found], indent=2))
    elif found:
        _print_events(found, zone)
    else:
        click.echo("Nothing was decided." if name is None else f"Nothing was decided about {name!r}.")


def _print_events(events: Sequence[Decision], zone: tzinfo) -> None:
    print_table(
        ["Event", "Time", "Who", "Model", "Version", "Action", "Before", "After", "Reason", "Ticket"],
        [
            [
                item.seq,
                show_moment(item.timestamp, zone),
                f"{item.actor or '?'}{' (claimed)' if item.known_by == 'claimed' else ''}",
                item.name,
                item.version or "",
                item.action,
                _brief(item.before),
                _brief(item.after),
                item.reason.replace("\n", " "),
                item.ticket,
            ]
            for item in events
        ],
    )


def _held(held: Held, zone: tzinfo) -> list[str]:
    return [show_moment(held.since, zone), held.by or "?", held.reason.replace("\n", " "), held.ticket]


def _brief(state: dict[str, Any] | None) -> str:
    """What held, in a few words."""
    if not state:
        return "-"
    if "key" in state:
        text = f"{state['key']}={state['value']}"
    elif "alias" in state:
        text = f"@{state['alias']} -> {state['version']}"
    elif "source" in state:
        text = str(state["source"])
    else:
        text = ", ".join(str(value) for value in state.values())
    text = text.replace("\n", " ")
    return text if len(text) <= 60 else f"{text[:59]}…"


def _as_json(state: RegistryState) -> dict[str, Any]:
    return {
        **dict(state),
        "versions": [
            {**dict(item), "stage_held": dict(item.stage_held), "registered": dict(item.registered)}
            for item in state.versions
        ],
        "aliases": [{**dict(item), "held": dict(item.held)} for item in state.aliases],
        "changes": [dict(item) for item in state.changes],
    }


registry.add_command(policy)
for _command in COMMANDS:
    registry.add_command(_command)
