"""Wire forms: the server about itself."""

from __future__ import annotations

from mlflow._wire.shapes import Request, Response


class GetServerInfo(Request):
    """Asks what the server can do."""


class ServerInfo(Response, omit_defaults=False):
    """What the server can do."""

    store_type: str | None
    workspaces_enabled: bool = False
    trace_archival_enabled: bool = False
    multipart_uploads_enabled: bool = False
    multipart_downloads_enabled: bool = False
    presigned_upload_run_id_supported: bool = True
    presigned_upload_model_id_supported: bool = True
    features_enabled: dict[str, bool] = {}
