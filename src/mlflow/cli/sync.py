"""`mlflow sync`."""

from __future__ import annotations

import time
from pathlib import Path

import click

from mlflow._base.uri import redact_uri
from mlflow._journal.delivery import Delivery, Tally
from mlflow._journal.folder import JournalFolder, journals_in, sweep
from mlflow._storage.interface.store import Store
from mlflow._storage.open import absolute_uri, open_store
from mlflow.cli.table import print_table
from mlflow.environment_variables import MLFLOW_JOURNAL_DIR
from mlflow.exceptions import InvalidState, MlflowException

ATTEMPTS = 5
"""How often a server that takes nothing is asked before the command gives up."""


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--to", metavar="URI", help="Server or database to send to; that of each journal by default.")
@click.option("--list", "only_list", is_flag=True, help="Only show what waits.")
@click.option("--again", is_flag=True, help="Also send again what a server has refused.")
def sync(folder: Path | None, to: str | None, only_list: bool, again: bool) -> None:
    """Send what waits in journals (MLFLOW_JOURNAL=1) below FOLDER, by default MLFLOW_JOURNAL_DIR.

    Ids and times are kept, and what was sent before is not doubled. A journal that a process still writes to is left to it.
    """
    root = Path(folder or MLFLOW_JOURNAL_DIR.get()).expanduser().absolute()
    if not root.is_dir() and folder is None:
        click.echo(f"Nothing waits: there is no folder {root}")
        return
    journals = journals_in(root)
    if only_list:
        _print_list(journals)
        return
    sweep(root)
    try:
        failed = [journal for journal in journals if not _send(journal, to, again=again)]
    except KeyboardInterrupt:
        click.echo(
            f"Stopped. What is not sent yet waits in {root}; the same command goes on with it.", err=True
        )
        raise SystemExit(130) from None
    if not journals:
        click.echo(f"Nothing waits in {root}")
    if failed:
        raise SystemExit(1)


def _print_list(journals: list[JournalFolder]) -> None:
    rows: list[list[object]] = []
    notes: list[str] = []
    for journal in journals:
        try:
            facts, backlog, refused = journal.facts(), journal.backlog(), journal.refused()
            is_in_use = not journal.hold()
            journal.let_go()
        except (MlflowException, OSError) as error:
            notes.append(f"{journal.name}: {_told(error)}")
            continue
        rows.append(
            [
                journal.name,
                facts.get("server", ""),
                backlog.calls,
                backlog.size,
                len(refused),
                "yes" if is_in_use else "",
            ]
        )
        notes += [f"{journal.name}: refused: {item.describe()}: {item.reason}" for item in refused]
        if backlog.torn or backlog.damaged:
            notes.append(
                f"{journal.name}: {backlog.torn + backlog.damaged} bytes are no whole call and will be passed over"
            )
    print_table(["Journal", "Server", "Calls", "Bytes", "Refused", "In use"], rows)
    for note in notes:
        click.echo(note, err=True)


def _told(error: MlflowException | OSError) -> str:
    if isinstance(error, PermissionError):
        return f"{error.filename} is not for this user to use. Send it as the user who wrote it."
    return str(error)


def _send(journal: JournalFolder, to: str | None, *, again: bool) -> bool:
    """Sends one journal; returns whether nothing is left of it."""
    try:
        if not journal.hold():
            click.echo(f"{journal.name}: another process has it, and sends it")
            return True
        if to is not None:
            journal.redirect(redact_uri(absolute_uri(to)))
        tally = _deliver(journal, to, again=again)
    except (MlflowException, OSError) as error:
        click.echo(f"{journal.name}: {_told(error)}", err=True)
        return False
    finally:
        journal.let_go()
    refused = f", {tally.refused} refused (they stay in {journal.path})" if tally.refused else ""
    click.echo(f"{journal.name}: {tally.sent} calls sent{refused}")
    return not tally.refused


def _deliver(journal: JournalFolder, to: str | None, *, again: bool) -> Tally:
    server = to or journal.facts().get("server")
    if server is None and (journal.refused() or again):
        raise InvalidState("The journal holds nothing but refused calls; name the server: --to URI")
    if server is None:
        journal.remove()
        return Tally()
    store: Store = open_store(server)
    delivery = Delivery(store, journal, _Patience())
    tally = delivery.send_again() if again else Tally()
    return tally + delivery.finish()


class _Patience:
    """Asks a few times, and then gives the error to the user."""

    def __init__(self) -> None:
        self._attempts = 0

    def __call__(self, error: MlflowException) -> None:
        self._attempts += 1
        if self._attempts >= ATTEMPTS:
            raise error
        time.sleep(error.retry_after_s or 0.5 * self._attempts)
