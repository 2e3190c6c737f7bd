"""`mlflow artifacts`."""

from __future__ import annotations

import json

import click

from mlflow.tracking.client import MlflowClient

run_id_option = click.option("--run-id", "-r", required=True, help="Id of the run.")
artifact_path_option = click.option("--artifact-path", "-a", help="Path among the run's artifacts.")


@click.group()
def artifacts() -> None:
    """List, download and upload artifacts. The store is the one of MLFLOW_TRACKING_URI, else of the project."""


@artifacts.command("list")
@run_id_option
@artifact_path_option
def list_artifacts(run_id: str, artifact_path: str | None) -> None:
    """List a folder of a run's artifacts, as JSON."""
    files = MlflowClient().list_artifacts(run_id, artifact_path)
    click.echo(json.dumps([file.to_dictionary() for file in files], indent=2))


@artifacts.command()
@click.option("--run-id", "-r", help="Id of the run.")
@artifact_path_option
@click.option("--artifact-uri", "-u", help="URI of the artifacts, instead of a run and a path.")
@click.option(
    "--dst-path", "-d", type=click.Path(file_okay=False), help="Folder to put them in; a new one by default."
)
def download(
    run_id: str | None, artifact_path: str | None, artifact_uri: str | None, dst_path: str | None
) -> None:
    """Download a file or folder, and print where it is."""
    from mlflow.artifacts import download_artifacts

    if (run_id is None) == (artifact_uri is None):
        raise click.UsageError("Give either --run-id or --artifact-uri")
    click.echo(download_artifacts(artifact_uri, run_id, artifact_path, dst_path))


@artifacts.command("log-artifact")
@click.option(
    "--local-file", "-l", required=True, type=click.Path(exists=True, dir_okay=False), help="The file."
)
@run_id_option
@artifact_path_option
def log_artifact(local_file: str, run_id: str, artifact_path: str | None) -> None:
    """Upload a file."""
    MlflowClient().log_artifact(run_id, local_file, artifact_path)
    click.echo(f"Logged {local_file} to run {run_id}")


@artifacts.command("log-artifacts")
@click.option(
    "--local-dir", "-l", required=True, type=click.Path(exists=True, file_okay=False), help="The folder."
)
@run_id_option
@artifact_path_option
def log_artifacts(local_dir: str, run_id: str, artifact_path: str | None) -> None:
    """Upload a folder with all that is in it."""
    MlflowClient().log_artifacts(run_id, local_dir, artifact_path)
    click.echo(f"Logged {local_dir} to run {run_id}")
