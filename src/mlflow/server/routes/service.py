"""Handlers: the server about itself."""

from __future__ import annotations

from mlflow._wire.service import GetServerInfo, ServerInfo
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def get_server_info(context: Context, request: GetServerInfo) -> ServerInfo:  # noqa: ARG001 - asks nothing
    multipart = False
    if context.settings.serve_artifacts:
        multipart = context.artifacts.proxied("", allow_root=True).store.can_multipart
    return ServerInfo("SqlStore", multipart_uploads_enabled=multipart, multipart_downloads_enabled=multipart)


HANDLERS: dict[str, Handler] = {"get_server_info": get_server_info}
