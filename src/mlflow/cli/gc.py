"""`mlflow gc`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import click

from mlflow._base.clock import now_ms
from mlflow._base.uri import path_from_uri, uri_scheme
from mlflow._session.uris import get_tracking_uri
from mlflow._storage.open import absolute_uri, open_sql_store
from mlflow._storage.sql.trash import SqlTrash, Trash
from mlflow.exceptions import MlflowException

_UNITS_MS = (86_400_000, 3_600_000, 60_000, 1000)
_SPAN = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")


@click.command()
@click.option(
    "--older-than", metavar="SPAN", help="Only what was deleted so long ago, such as 30d or 1d12h30m10s."
)
@click.option("--run-ids", metavar="IDS", help="Only these runs, separated by commas.")
@click.option(
    "--experiment-ids", metavar="IDS", help="Only these experiments, with all in them, separated by commas."
)
@click.option("--logged-model-ids", metavar="IDS", help="Only these logged models, separated by commas.")
@click.option(
    "--with-models",
    is_flag=True,
    help="Logged models that are not deleted go with the run that made them, instead of keeping it.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option(
    "--backend-store-uri",
    metavar="URI",
    help="The database; by default that of MLFLOW_TRACKING_URI or the project.",
)
@click.option("--tracking-uri", metavar="URI", help="Another name for --backend-store-uri.")
@click.option("--artifacts-destination", envvar=["MLFLOW_ARTIFACTS_DESTINATION"], hidden=True)
def gc(
    older_than: str | None,
    run_ids: str | None,
    experiment_ids: str | None,
    logged_model_ids: str | None,
    with_models: bool,
    dry_run: bool,
    backend_store_uri: str | None,
    tracking_uri: str | None,
    artifacts_destination: str | None,
) -> None:
    """Remove what is in the trash for good: runs, logged models and experiments, with their artifacts.

    Nothing that a version of a registered model stands on is removed. An interrupted command leaves nothing half
    removed; the next one goes on.
    """
    del artifacts_destination  # the database knows where artifacts are
    before_ms = now_ms() - _span_ms(older_than)
    store = open_sql_store(_database_uri(backend_store_uri, tracking_uri))
    try:
        named = Trash(_split(run_ids), _split(logged_model_ids), _split(experiment_ids))
        kept, failures = _purge(store.trash, named, before_ms, with_models=with_models, dry_run=dry_run)
    finally:
        store.close()
    for line in [*kept, *failures]:
        click.echo(line, err=True)
    if failures:
        click.echo("Call mlflow gc again to delete these files.", err=True)
    if failures or (kept and any(named)):
        raise SystemExit(1)


def _purge(
    trash: SqlTrash, named: Trash, before_ms: int, *, with_models: bool, dry_run: bool
) -> tuple[list[str], list[str]]:
    """Removes what is named, else everything, and says so.

    Returns:
        Why something was kept, and which files could not be deleted.
    """
    wanted = named if any(named) else trash.content(before_ms)
    inside: set[str] = set()
    for experiment_id in wanted.experiment_ids:
        content = trash.content_of(experiment_id)
        inside.update(content.run_ids, content.model_ids)
    done = "would be permanently deleted" if dry_run else "has been permanently deleted"
    kept: list[str] = []

    def each(noun: str, ids: list[str], purge: Callable[[str], None]) -> None:
        for each_id in ids:
            if each_id in inside:
                continue  # it shares the fate of its experiment
            try:
                purge(each_id)
            except MlflowException as error:
                kept.append(error.message)
            else:
                click.echo(f"{noun} with ID {each_id} {done}.")

    each("Experiment", wanted.experiment_ids, lambda i: trash.purge_experiment(i, before_ms, dry_run=dry_run))
    each("Logged model", wanted.model_ids, lambda i: trash.purge_logged_model(i, before_ms, dry_run=dry_run))
    each(
        "Run",
        wanted.run_ids,
        lambda i: trash.purge_run(i, before_ms, with_models=with_models, dry_run=dry_run),
    )
    return kept, [] if dry_run else trash.sweep()


def _database_uri(backend_store_uri: str | None, tracking_uri: str | None) -> str:
    uri = backend_store_uri or tracking_uri or get_tracking_uri()
    if uri_scheme(uri) in ("http", "https"):
        raise click.UsageError(
            f"{uri} is a server; the trash is emptied in its database: give --backend-store-uri, such as "
            "sqlite:///mlflow.db or postgresql://user:password@host/name"
        )
    _refuse_missing(absolute_uri(uri))
    return uri


def _refuse_missing(uri: str) -> None:
    """Refuses a database that does not exist, which would be made."""
    path = path_from_uri(uri) if uri.startswith("file:") else Path(uri.removeprefix("sqlite:///"))
    if uri.startswith(("file:", "sqlite:")) and not path.exists():
        raise click.ClickException(f"There is no database {uri}")


def _span_ms(text: str | None) -> int:
    if text is None:
        return 0
    match = _SPAN.fullmatch(text.strip())
    if not text.strip() or match is None:
        raise click.UsageError(f"--older-than is a span such as 30d, 12h or 1d2h3m4s, not {text!r}")
    return round(
        sum(float(number) * unit for number, unit in zip(match.groups(), _UNITS_MS, strict=True) if number)
    )


def _split(text: str | None) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
