"""Arguments and options of commands that change the registry."""

from __future__ import annotations

import click

name_argument = click.argument("name")
version_argument = click.argument("version")
reason_option = click.option("--reason", "-m", help="Why; the ledger keeps it.")
ticket_option = click.option("--ticket", help="Where it was decided, such as the key of an issue.")
