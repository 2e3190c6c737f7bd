"""`mlflow runs`."""

from __future__ import annotations

import json
from datetime import datetime

import click

from mlflow._storage.interface.leases import LOST
from mlflow.cli.experiments import find_experiment
from mlflow.cli.table import print_table
from mlflow.cli.views import view_number, view_option
from mlflow.entities.run import Run
from mlflow.tracking.client import MlflowClient

run_id_option = click.option("--run-id", required=True, help="Id of the run.")
PAGE = 1000


@click.group()
def runs() -> None:
    """List, describe, make, move, delete and restore runs. The store is the one of MLFLOW_TRACKING_URI, else of the project."""


@runs.command("list")
@click.option("--experiment-id", required=True, envvar="MLFLOW_EXPERIMENT_ID", help="Id of the experiment.")
@view_option
def list_runs(experiment_id: str, view: str) -> None:
    """List the runs of an experiment, newest first."""
    client = MlflowClient()
    rows: list[list[object]] = []
    token: str | None = None
    while True:
        page = client.search_runs(
            [experiment_id], run_view_type=view_number(view), max_results=PAGE, page_token=token
        )
        rows += [
            [_date(run.info.start_time), run.info.run_name, _status(run), run.info.run_id] for run in page
        ]
        token = page.token
        if not token:
            break
    print_table(["Date", "Name", "Status", "ID"], rows)


@runs.command()
@run_id_option
def describe(run_id: str) -> None:
    """Show everything about a run, as JSON."""
    run = MlflowClient().get_run(run_id)
    click.echo(json.dumps(run.to_dictionary(), indent=4, default=str))


@runs.command()
@click.option("--experiment-id", envvar="MLFLOW_EXPERIMENT_ID", help="Id of the experiment.")
@click.option("--experiment-name", help="Name of the experiment.")
@click.option("--run-name", help="Name of the run.")
@click.option("--description", help="What it is about.")
@click.option("--tags", "-t", multiple=True, metavar="KEY=VALUE", help="A tag; may be repeated.")
@click.option(
    "--status",
    type=click.Choice(["FINISHED", "FAILED", "KILLED"]),
    default="FINISHED",
    show_default=True,
    help="How it ended.",
)
@click.option("--parent-run-id", help="Run that it belongs under.")
def create(
    experiment_id: str | None,
    experiment_name: str | None,
    run_name: str | None,
    description: str | None,
    tags: tuple[str, ...],
    status: str,
    parent_run_id: str | None,
) -> None:
    """Record a run that has ended."""
    if (experiment_id is None) == (experiment_name is None):
        raise click.UsageError("Give either --experiment-id or --experiment-name")
    client = MlflowClient()
    if experiment_id is None:
        found = client.get_experiment_by_name(str(experiment_name))
        experiment_id = found.experiment_id if found else client.create_experiment(str(experiment_name))
    pairs: dict[str, str] = {}
    for tag in tags:
        key, equals, value = tag.partition("=")
        if not equals:
            raise click.UsageError(f"A tag is KEY=VALUE, got {tag!r}")
        pairs[key] = value
    if description:
        pairs["mlflow.note.content"] = description
    if parent_run_id:
        pairs["mlflow.parentRunId"] = parent_run_id
    run = client.create_run(experiment_id, tags=pairs, run_name=run_name)
    client.set_terminated(run.info.run_id, status)
    facts = {
        "run_id": run.info.run_id,
        "run_name": run.info.run_name,
        "experiment_id": experiment_id,
        "status": status,
    }
    click.echo(json.dumps(facts, indent=2))


@runs.command()
@click.option("--run-id", "run_ids", multiple=True, required=True, help="Id of a run; may be repeated.")
@click.option("--experiment-id", "-x", help="Id of the experiment to move to.")
@click.option("--experiment-name", "-n", help="Name of the experiment to move to.")
def move(run_ids: tuple[str, ...], experiment_id: str | None, experiment_name: str | None) -> None:
    """Move runs, with those nested in them, to another experiment; all or none."""
    client = MlflowClient()
    target = find_experiment(client, experiment_id, experiment_name)
    moved = client.move_runs(list(run_ids), target.experiment_id)
    stayed = f"; {left} were there already" if (left := len(set(run_ids) - set(moved))) else ""
    noun = "run" if len(moved) == 1 else "runs"
    click.echo(f"Moved {len(moved)} {noun} to experiment {target.experiment_id} '{target.name}'{stayed}.")


@runs.command()
@run_id_option
def delete(run_id: str) -> None:
    """Move a run to the trash."""
    MlflowClient().delete_run(run_id)
    click.echo(
        f"Run with ID {run_id} has been deleted. "
        f"Undo: mlflow runs restore --run-id {run_id}, until mlflow gc removes it for good."
    )


@runs.command()
@run_id_option
def restore(run_id: str) -> None:
    """Take a run out of the trash."""
    MlflowClient().restore_run(run_id)
    click.echo(f"Run with id {run_id} has been restored.")


def _date(ms: int | None) -> str:
    if ms is None:
        return ""
    return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def _status(run: Run) -> str:
    return f"{run.info.status} (lost)" if LOST in run.data.tags else run.info.status
