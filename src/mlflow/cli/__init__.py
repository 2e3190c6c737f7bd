"""The command line: `mlflow`, also called `headrace`. Each group of commands is imported when it is used."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from mlflow.version import VERSION

_COMMANDS = {
    "server": ("mlflow.cli.server", "server", "Start the tracking server with its web interface."),
    "ui": ("mlflow.cli.server", "server", "The same as server."),
    "experiments": ("mlflow.cli.experiments", "experiments", "Make, find, change and delete experiments."),
    "runs": ("mlflow.cli.runs", "runs", "List, describe, move, delete and restore runs."),
    "gc": ("mlflow.cli.gc", "gc", "Remove what is in the trash for good."),
    "sync": ("mlflow.cli.sync", "sync", "Send what waits in journals."),
    "models": (
        "mlflow.cli.models",
        "models",
        "Predict with models, prepare their environments, change their requirements.",
    ),
    "db": ("mlflow.cli.db", "db", "Take care of a database."),
    "registry": (
        "mlflow.cli.registry",
        "registry",
        "Show registered models, now and in the past; hold, release and restore them.",
    ),
    "webhooks": ("mlflow.cli.webhooks", "webhooks", "Have addresses told what happens to models and runs."),
    "audit": ("mlflow.cli.audit", "audit", "Check the ledger of decisions; anchor it; erase personal data."),
    "artifacts": ("mlflow.cli.artifacts", "artifacts", "List, download and upload artifacts."),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return [name for name in _COMMANDS if name != "ui"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        entry = _COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, name, _ = entry
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, _COMMANDS[name][2]) for name in self.list_commands(click.get_current_context())]
            )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            from difflib import get_close_matches

            close = get_close_matches(args[0], _COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["--help"]})
@click.version_option(VERSION, prog_name="mlflow", message="%(prog)s, version %(version)s")
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False),
    help="File with environment variables, one NAME=value a line; those that are set already win.",
)
def cli(env_file: str | None) -> None:
    """Headrace: track experiments, keep models and their history, serve them."""
    if env_file:
        from mlflow.cli.env_file import load_env_file

        load_env_file(env_file)


def main() -> None:
    """Entry point of the commands `mlflow` and `headrace`."""
    from mlflow.exceptions import MlflowException

    try:
        cli()
    except MlflowException as error:
        click.echo(f"Error: {error.message}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
