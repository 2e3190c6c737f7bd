"""`mlflow models`."""

from __future__ import annotations

import sys

import click

model_uri_option = click.option("--model-uri", "-m", required=True, help="URI or folder of the model.")
env_manager_option = click.option(
    "--env-manager",
    default="virtualenv",
    show_default=True,
    type=click.Choice(["local", "virtualenv", "uv", "conda"]),
    help="What makes the model's environment, where the running one is another; `local` takes the running one.",
)
install_mlflow_option = click.option(
    "--install-mlflow",
    is_flag=True,
    help="Taken for the sake of older scripts: what runs here is always installed.",
)


@click.group()
def models() -> None:
    """Predict with models, verify them, prepare their environments, change their requirements."""


@models.command()
@model_uri_option
def verify(model_uri: str) -> None:
    """Compare the files of a registered model with those that were registered."""
    from mlflow.tracking.client import MlflowClient
    from mlflow.tracking.model_uris import RegisteredName, parse_models_uri, version_of

    named = parse_models_uri(model_uri) if model_uri.startswith("models:") else None
    if not isinstance(named, RegisteredName):
        raise click.UsageError(f"--model-uri is models:/NAME/VERSION, stage or alias here, not {model_uri!r}")
    version = version_of(named)
    check = MlflowClient().verify_model_version(version.name, version.version)
    what = f"version {version.version} of '{version.name}'"
    if not check.ok:
        click.echo("\n".join(check.differences()), err=True)
        raise click.ClickException(f"The files of {what} are not those that were registered")
    click.echo(f"The files of {what} are those that were registered (manifest {check.digest}).")


@models.command()
@model_uri_option
@click.option("--input-path", "-i", help="File with the input; the standard input by default.")
@click.option("--output-path", "-o", help="File for the answer; it is printed by default.")
@click.option(
    "--content-type", "-t", default="json", show_default=True, help="What the input is: json or csv."
)
@env_manager_option
@install_mlflow_option
@click.option(
    "--pip-requirements-override",
    "-r",
    help="Requirements, separated by commas, beside the model's or instead.",
)
@click.option("--env", multiple=True, metavar="NAME=VALUE", help="Environment variable of the model.")
def predict(
    model_uri: str,
    input_path: str | None,
    output_path: str | None,
    content_type: str,
    env_manager: str,
    install_mlflow: bool,
    pip_requirements_override: str | None,
    env: tuple[str, ...],
) -> None:
    """Answer one scoring request."""
    from mlflow.pyfunc.predicting import predict as answer

    wrong = [item for item in env if "=" not in item]
    if wrong:
        raise click.UsageError(f"--env takes NAME=VALUE, not {wrong[0]!r}")
    answer(
        model_uri,
        input_data=None if input_path else sys.stdin.read(),
        input_path=input_path,
        content_type=content_type,
        output_path=output_path,
        env_manager=env_manager,
        install_mlflow=install_mlflow,
        pip_requirements_override=pip_requirements_override.split(",") if pip_requirements_override else None,
        extra_envs=dict(item.split("=", 1) for item in env),
    )


@models.command("prepare-env")
@model_uri_option
@env_manager_option
@install_mlflow_option
def prepare_env(model_uri: str, env_manager: str, install_mlflow: bool) -> None:
    """Build the environment of a model, and print where its Python is."""
    from mlflow.models.location import resolve_model_path
    from mlflow.models.restoring import restored_python

    del install_mlflow
    click.echo(restored_python(resolve_model_path(model_uri), env_manager))


@models.command("update-pip-requirements")
@model_uri_option
@click.argument("operation", type=click.Choice(["add", "remove"]))
@click.argument("requirement_strings", nargs=-1, required=True)
def update_pip_requirements(model_uri: str, operation: str, requirement_strings: tuple[str, ...]) -> None:
    """Add requirements to a model, or remove some."""
    from mlflow.models.changing import update_model_requirements

    update_model_requirements(model_uri, operation, list(requirement_strings))
    click.echo(f"Updated the requirements of {model_uri}")
