"""`mlflow experiments`."""

from __future__ import annotations

import json
import sys

import click

from mlflow.cli.table import print_table
from mlflow.cli.views import view_number, view_option
from mlflow.entities.experiment import Experiment
from mlflow.tracking.client import MlflowClient

experiment_id_option = click.option("--experiment-id", "-x", required=True, help="Id of the experiment.")


def find_experiment(
    client: MlflowClient, experiment_id: str | None, experiment_name: str | None
) -> Experiment:
    """The experiment that one of two options names.

    Raises:
        click.ClickException: Not exactly one is given, or there is no such experiment.
    """
    if (experiment_id is None) == (experiment_name is None):
        raise click.UsageError("Give either --experiment-id or --experiment-name")
    if experiment_id is not None:
        return client.get_experiment(experiment_id)
    found = client.get_experiment_by_name(str(experiment_name))
    if found is None:
        raise click.ClickException(f"No experiment has the name '{experiment_name}'")
    return found


@click.group()
def experiments() -> None:
    """Make, find, change and delete experiments. The store is the one of MLFLOW_TRACKING_URI, else of the project."""


@experiments.command()
@click.option("--experiment-name", "-n", required=True, help="Unique name.")
@click.option("--artifact-location", "-l", help="URI for its artifacts; a folder of the store by default.")
def create(experiment_name: str, artifact_location: str | None) -> None:
    """Make an experiment."""
    number = MlflowClient().create_experiment(experiment_name, artifact_location)
    click.echo(f"Created experiment '{experiment_name}' with id {number}")


@experiments.command()
@view_option
@click.option("--max-results", type=click.IntRange(min=1), help="Most experiments to show.")
def search(view: str, max_results: int | None) -> None:
    """List experiments."""
    client = MlflowClient()
    found: list[list[object]] = []
    token: str | None = None
    while max_results is None or len(found) < max_results:
        size = 1000 if max_results is None else min(1000, max_results - len(found))
        page = client.search_experiments(view_number(view), size, page_token=token)
        found += [[item.experiment_id, item.name, item.artifact_location] for item in page]
        token = page.token
        if not token:
            break
    print_table(["Experiment Id", "Name", "Artifact Location"], found)


@experiments.command()
@click.option("--experiment-id", "-x", help="Id of the experiment.")
@click.option("--experiment-name", "-n", help="Name of the experiment.")
@click.option(
    "--output", type=click.Choice(["json", "table"]), default="table", show_default=True, help="Form."
)
def get(experiment_id: str | None, experiment_name: str | None, output: str) -> None:
    """Show one experiment."""
    found = find_experiment(MlflowClient(), experiment_id, experiment_name)
    facts = {
        "experiment_id": found.experiment_id,
        "name": found.name,
        "artifact_location": found.artifact_location,
        "lifecycle_stage": found.lifecycle_stage,
        "creation_time": found.creation_time,
        "last_update_time": found.last_update_time,
        "tags": found.tags,
    }
    if output == "json":
        click.echo(json.dumps(facts, indent=2))
    else:
        print_table(["Field", "Value"], list(facts.items()))


@experiments.command()
@experiment_id_option
def delete(experiment_id: str) -> None:
    """Move an experiment and its runs to the trash."""
    MlflowClient().delete_experiment(experiment_id)
    click.echo(
        f"Experiment with ID {experiment_id} has been deleted. "
        f"Undo: mlflow experiments restore -x {experiment_id}, until mlflow gc removes it for good."
    )


@experiments.command()
@experiment_id_option
def restore(experiment_id: str) -> None:
    """Take an experiment and its runs out of the trash."""
    MlflowClient().restore_experiment(experiment_id)
    click.echo(f"Experiment with id {experiment_id} has been restored.")


@experiments.command()
@experiment_id_option
@click.option("--new-name", required=True, help="The name it gets.")
def rename(experiment_id: str, new_name: str) -> None:
    """Give an experiment another name."""
    MlflowClient().rename_experiment(experiment_id, new_name)
    click.echo(f"Experiment with id {experiment_id} has been renamed to '{new_name}'.")


@experiments.command()
@experiment_id_option
@click.option(
    "--filename", "-o", type=click.Path(dir_okay=False, writable=True), help="File; the terminal by default."
)
def csv(experiment_id: str, filename: str | None) -> None:
    """Write all runs of an experiment as CSV."""
    from mlflow.cli.run_csv import write_runs

    if filename is None:
        write_runs(MlflowClient(), experiment_id, sys.stdout)
        return
    with click.open_file(filename, "w", encoding="utf-8", atomic=True) as file:
        count = write_runs(MlflowClient(), experiment_id, file)
    click.echo(f"Wrote {count} runs of experiment {experiment_id} to {filename}")
