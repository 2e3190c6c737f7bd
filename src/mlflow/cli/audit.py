"""`mlflow audit`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlflow._base.attribution import explained
from mlflow._base.moments import show_moment
from mlflow._ledger.events import PARTS
from mlflow._session.stores import open_registry_store
from mlflow.entities.model_registry.ledger_check import LedgerAnchor


@click.group()
def audit() -> None:
    """Check the ledger of decisions; anchor it elsewhere; erase personal data. The store is the one of
    MLFLOW_REGISTRY_URI, else of MLFLOW_TRACKING_URI.
    """


@audit.command()
@click.option(
    "--anchors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="File with anchors, one a line; may be repeated.",
)
@click.option("--git-tags", is_flag=True, help="Take the anchors in tags of the git repository here as well.")
@click.option(
    "--state",
    is_flag=True,
    help="Also compare models, versions, tags and aliases with what the ledger makes of nothing.",
)
def verify(anchors: tuple[Path, ...], git_tags: bool, state: bool) -> None:
    """Walk the whole ledger, and name the first event that was changed, if one was.

    Over a server it is the server that walks; give the database itself to trust nobody in between. A ledger that
    somebody wrote anew from the beginning is only found out by anchors that were kept elsewhere.
    """
    known = [
        anchor for path in anchors for anchor in LedgerAnchor.from_text(path.read_text(encoding="utf-8"))
    ]
    if git_tags:
        from mlflow.cli.git_anchors import read_anchors

        known += read_anchors()
    check = open_registry_store().decisions.verify(known, state)
    if not check.ok:
        click.echo(f"NOT OK after {check.checked} events. First bad event: {check.first_bad}")
        click.echo(check.problem)
        sys.exit(1)
    click.echo(f"OK: {check.checked} events" + (f", {len(known)} anchors" if known else ", without anchors"))
    if check.head is not None:
        click.echo(check.head.to_text())


@audit.command()
@click.option(
    "--file", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File that the anchor is added to."
)
@click.option("--git-tag", help="Name of an annotated tag to make at HEAD of the git repository here.")
@click.option("--sign", is_flag=True, help="Sign that tag with the key that git is configured with.")
def anchor(file: Path | None, git_tag: str | None, sign: bool) -> None:
    """Print what the ledger is now: one line to keep where nobody who can write to the database can change it."""
    found = open_registry_store().decisions.anchor()
    if file is not None:
        with file.open("a", encoding="utf-8") as target:
            target.write(found.to_text() + "\n")
    if git_tag:
        from mlflow.cli.git_anchors import keep_anchor

        keep_anchor(found, git_tag, sign=sign)
    elif sign:
        raise click.UsageError("--sign goes with --git-tag")
    click.echo(found.to_text())


@audit.command()
@click.argument("seq", type=int)
@click.option(
    "--part", type=click.Choice(PARTS), multiple=True, required=True, help="What to erase; may be repeated."
)
@click.option("--reason", required=True, help="Why.")
@click.option("--ticket", help="Where it was decided.")
@click.confirmation_option(prompt="What is erased cannot be brought back. Go on?")
def erase(seq: int, part: tuple[str, ...], reason: str, ticket: str | None) -> None:
    """Remove parts of an event for good, such as the name of a person. Its hash stays, and that it was done is an event."""
    with explained(reason, ticket):
        noted = open_registry_store().decisions.erase(seq, part)
    click.echo(
        f"Erased {', '.join(part)} of event {seq}; event {noted.seq} of {show_moment(noted.timestamp)} says so. Backups "
        "of the database still hold it."
    )


@audit.command()
@click.argument("model")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Zip file to write.",
)
def export(model: str, output: Path) -> None:
    """Write a bundle with all that was decided about MODEL, or NAME:VERSION, that needs no server to be read and checked.

    It holds a report, the events with their evidence and proofs, the manifests of the files, and verify.py, which needs
    Python alone.
    """
    from mlflow._storage.audit_bundle import write_bundle

    name, _, version = model.partition(":")
    count = write_bundle(open_registry_store(), name, version or None, output)
    click.echo(f"Wrote {count} events with their proofs to {output}. To check it: unzip it and run verify.py")
