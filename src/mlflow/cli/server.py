"""`mlflow server` and `mlflow ui`."""

from __future__ import annotations

import os
import sys

import click


@click.command(context_settings={"help_option_names": ["--help"]})
@click.option(
    "--backend-store-uri",
    metavar="URI",
    envvar=["MLFLOW_BACKEND_STORE_URI", "BACKEND_STORE_URI"],
    help="Database: sqlite:///file.db, postgresql://user:password@host/name, or a folder. "
    "Default: sqlite:///mlflow.db in this folder.",
)
@click.option(
    "--registry-store-uri",
    metavar="URI",
    envvar=["MLFLOW_REGISTRY_STORE_URI"],
    help="Database of the model registry. Default: the same.",
)
@click.option(
    "--default-artifact-root",
    metavar="URI",
    envvar=["MLFLOW_DEFAULT_ARTIFACT_ROOT", "DEFAULT_ARTIFACT_ROOT"],
    help="Where new experiments keep artifacts. A folder is reached through the server (with --serve-artifacts), "
    "an object store by clients themselves.",
)
@click.option(
    "--serve-artifacts/--no-serve-artifacts",
    default=True,
    envvar=["MLFLOW_SERVE_ARTIFACTS"],
    show_default=True,
    help="Whether artifacts pass through the server.",
)
@click.option(
    "--artifacts-only",
    is_flag=True,
    envvar=["MLFLOW_ARTIFACTS_ONLY"],
    help="Answer for artifacts alone.",
)
@click.option(
    "--artifacts-destination",
    metavar="URI",
    envvar=["MLFLOW_ARTIFACTS_DESTINATION", "ARTIFACTS_DESTINATION"],
    help="Where the artifacts that pass through the server are kept: a folder, s3://, gs://, wasbs://. "
    "Default: mlartifacts beside the database.",
)
@click.option(
    "--host",
    "-h",
    default="127.0.0.1",
    envvar=["MLFLOW_HOST"],
    show_default=True,
    help="Address to listen on.",
)
@click.option(
    "--port",
    "-p",
    default=5000,
    type=click.IntRange(0, 65535),
    envvar=["MLFLOW_PORT"],
    show_default=True,
    help="Port.",
)
@click.option(
    "--workers",
    "-w",
    type=click.IntRange(1, 256),
    envvar=["MLFLOW_WORKERS"],
    help="Processes, on PostgreSQL; SQLite is always served by one.",
)
@click.option(
    "--static-prefix",
    metavar="PATH",
    envvar=["MLFLOW_STATIC_PREFIX"],
    help="Path that all paths are put under.",
)
@click.option(
    "--allowed-hosts",
    metavar="HOSTS",
    envvar=["MLFLOW_SERVER_ALLOWED_HOSTS"],
    help="Hosts, separated by commas, that requests may name beside local and private ones; * allows all.",
)
@click.option(
    "--cors-allowed-origins",
    metavar="ORIGINS",
    envvar=["MLFLOW_SERVER_CORS_ALLOWED_ORIGINS"],
    help="Origins, separated by commas, whose pages may write; * allows all.",
)
@click.option(
    "--disable-security-middleware",
    is_flag=True,
    envvar=["MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE"],
    help="Do not check Host and Origin.",
)
@click.option(
    "--x-frame-options",
    default="SAMEORIGIN",
    envvar=["MLFLOW_SERVER_X_FRAME_OPTIONS"],
    show_default=True,
    help="Which pages may show this one in a frame: SAMEORIGIN, DENY or NONE.",
)
@click.option(
    "--access-log",
    metavar="PATH",
    envvar=["MLFLOW_SERVER_ACCESS_LOG"],
    help="File that every request is noted in, one JSON object per line; - for the standard error output.",
)
@click.option("--gunicorn-opts", envvar=["MLFLOW_GUNICORN_OPTS"], hidden=True)
@click.option("--waitress-opts", hidden=True)
@click.option("--uvicorn-opts", envvar=["MLFLOW_UVICORN_OPTS"], hidden=True)
@click.option("--dev", is_flag=True, hidden=True)
def server(
    backend_store_uri: str | None,
    registry_store_uri: str | None,
    default_artifact_root: str | None,
    serve_artifacts: bool,
    artifacts_only: bool,
    artifacts_destination: str | None,
    host: str,
    port: int,
    workers: int | None,
    static_prefix: str | None,
    allowed_hosts: str | None,
    cors_allowed_origins: str | None,
    disable_security_middleware: bool,
    x_frame_options: str,
    access_log: str | None,
    gunicorn_opts: str | None,
    waitress_opts: str | None,
    uvicorn_opts: str | None,
    dev: bool,
) -> None:
    """Start the tracking server with its web interface.

    Without options it keeps everything in this folder: mlflow.db and mlartifacts/.
    """
    from mlflow.server.context import ServerSettings
    from mlflow.server.run import ServerOptions, default_store_uri, near_misses, serve

    del dev
    prefix = (static_prefix or "").rstrip("/")
    if prefix and not prefix.startswith("/"):
        raise click.UsageError("--static-prefix must start with /")
    if artifacts_only and not serve_artifacts:
        raise click.UsageError("--artifacts-only and --no-serve-artifacts exclude each other")
    store_uri = backend_store_uri or default_store_uri()
    if registry_store_uri and registry_store_uri != backend_store_uri:
        raise click.UsageError("--registry-store-uri must be the same database as --backend-store-uri")
    for name, value in (
        ("--gunicorn-opts", gunicorn_opts),
        ("--waitress-opts", waitress_opts),
        ("--uvicorn-opts", uvicorn_opts),
    ):
        if value:
            click.echo(f"{name} has no effect: the server runs in a process of its own.", err=True)
    for warning in near_misses(list(os.environ)):
        click.echo(warning, err=True)
    settings = ServerSettings(
        serve_artifacts=serve_artifacts,
        artifacts_only=artifacts_only,
        static_prefix=prefix,
        allowed_hosts=_split(allowed_hosts),
        allowed_origins=_split(cors_allowed_origins),
        check_requests=not disable_security_middleware,
        frame_options=x_frame_options,
        access_log=access_log or "",
    )
    options = ServerOptions(
        backend_store_uri=store_uri,
        default_artifact_root=default_artifact_root,
        artifacts_destination=artifacts_destination,
        host=host,
        port=port,
        workers=workers,
        settings=settings,
    )
    sys.exit(serve(options))


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
