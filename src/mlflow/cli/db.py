"""`mlflow db`."""

from __future__ import annotations

import click

from mlflow._storage.open import open_sql_store


@click.group()
def db() -> None:
    """Take care of a database."""


@db.command()
@click.argument("url")
def upgrade(url: str) -> None:
    """Bring the database at URL up to date. Whatever opens a database does so by itself; this does nothing else."""
    store = open_sql_store(url)
    click.echo(f"{store.engine.dialect.uri} is up to date")
    store.close()


@db.command()
@click.argument("url")
@click.option(
    "--shards",
    type=click.IntRange(1, 4096),
    default=32,
    show_default=True,
    help="Parts that tables are divided into; at least as many as there will ever be processor cores.",
)
@click.option("--dry-run", is_flag=True, help="Print the statements, and change nothing.")
def distribute(url: str, shards: int, dry_run: bool) -> None:
    """Spread the PostgreSQL database at URL over the machines of a Citus cluster.

    Stop the servers first. It happens in one transaction: all of it, or nothing.
    """
    from mlflow._storage.sql import distribution

    if dry_run:
        for statement in distribution.statements(shards=shards):
            click.echo(f"{statement};")
        return
    store = open_sql_store(url)
    try:
        tables = distribution.distribute(store.engine, shards)
        click.echo(
            f"Spread {len(tables)} tables" if tables else "It is distributed already; nothing was done"
        )
    finally:
        store.close()
