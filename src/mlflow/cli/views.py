"""The option that says which lifecycle stages are shown."""

from __future__ import annotations

import click

from mlflow.entities.view_type import ViewType

VIEWS = ("active_only", "deleted_only", "all")

view_option = click.option(
    "--view",
    "-v",
    type=click.Choice(VIEWS),
    default="active_only",
    show_default=True,
    help="What to show: what is in use, what is in the trash, or both.",
)


def view_number(name: str) -> int:
    """Number of a view."""
    return ViewType.from_string(name)
