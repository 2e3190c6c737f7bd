"""The route table: every endpoint, once. Server, REST store, OpenAPI and the UI's types are made from it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from mlflow._wire import artifacts, experiments, inputs, logged_models, metrics, runs, service
from mlflow._wire.shapes import Empty, Request, Response

Kind = Literal["point", "scan", "write", "bytes"]


class Route(NamedTuple):
    """An endpoint.

    Attributes:
        name: What handlers, clients and the OpenAPI document call it.
        method: HTTP method.
        path: Path below the version, such as `/mlflow/runs/get`; `{name}` stands for a segment,
            `{name:path}` for the rest.
        request: Shape of the query (GET) or of the JSON body, path parameters included.
        response: Shape of the JSON answer.
        kind: What it costs: a `point` read by key, a `scan`, a `write`, or `bytes` that are streamed.
        summary: What it does.
        version: Version that the path belongs to. Versions 2.0 and 3.0 are both answered.
        ajax_only: Whether it stands below `/ajax-api/` alone.
        rooted: Whether the path is complete as it is, without a version before it.
    """

    name: str
    method: str
    path: str
    request: type[Request]
    response: type[Response] | None
    kind: Kind
    summary: str
    version: str = "2.0"
    ajax_only: bool = False
    rooted: bool = False

    @property
    def url(self) -> str:
        """The path that clients use."""
        if self.rooted:
            return self.path
        return f"/{'ajax-api' if self.ajax_only else 'api'}/{self.version}{self.path}"


_EXPERIMENTS = "/mlflow/experiments"
_RUNS = "/mlflow/runs"
_MODELS = "/mlflow/logged-models"
_PROXIED = "/mlflow-artifacts"
_OURS = "/api/1.0/headrace"

ROUTES: tuple[Route, ...] = (
    # Experiments
    Route(
        "create_experiment", "POST", f"{_EXPERIMENTS}/create",
        experiments.CreateExperiment, experiments.ExperimentIdReply, "write", "Make an experiment",
    ),
    Route(
        "get_experiment", "GET", f"{_EXPERIMENTS}/get",
        experiments.GetExperiment, experiments.ExperimentReply, "point", "Get an experiment by id",
    ),
    Route(
        "get_experiment_by_name", "GET", f"{_EXPERIMENTS}/get-by-name",
        experiments.GetExperimentByName, experiments.ExperimentReply, "point", "Get an experiment by name",
    ),
    Route(
        "search_experiments", "POST", f"{_EXPERIMENTS}/search",
        experiments.SearchExperiments, experiments.ExperimentsReply, "scan", "Search experiments",
    ),
    Route(
        "search_experiments_by_get", "GET", f"{_EXPERIMENTS}/search",
        experiments.SearchExperiments, experiments.ExperimentsReply, "scan", "Search experiments",
    ),
    Route(
        "list_experiments", "GET", f"{_EXPERIMENTS}/list",
        experiments.ListExperiments, experiments.ExperimentsReply, "scan", "List experiments, as MLflow 1.x did",
    ),
    Route(
        "update_experiment", "POST", f"{_EXPERIMENTS}/update",
        experiments.UpdateExperiment, Empty, "write", "Rename an experiment",
    ),
    Route(
        "delete_experiment", "POST", f"{_EXPERIMENTS}/delete",
        experiments.DeleteExperiment, Empty, "write", "Move an experiment and its runs to the trash",
    ),
    Route(
        "restore_experiment", "POST", f"{_EXPERIMENTS}/restore",
        experiments.RestoreExperiment, Empty, "write", "Take an experiment and its runs out of the trash",
    ),
    Route(
        "set_experiment_tag", "POST", f"{_EXPERIMENTS}/set-experiment-tag",
        experiments.SetExperimentTag, Empty, "write", "Set a tag of an experiment",
    ),
    Route(
        "delete_experiment_tag", "POST", f"{_EXPERIMENTS}/delete-experiment-tag",
        experiments.DeleteExperimentTag, Empty, "write", "Remove a tag of an experiment",
    ),
    Route(
        "search_datasets", "POST", f"{_EXPERIMENTS}/search-datasets",
        inputs.SearchDatasets, inputs.DatasetSummaries, "scan", "List the datasets of experiments", ajax_only=True,
    ),
    # Runs
    Route("create_run", "POST", f"{_RUNS}/create", runs.CreateRun, runs.RunReply, "write", "Start a run"),
    Route("get_run", "GET", f"{_RUNS}/get", runs.GetRun, runs.RunReply, "point", "Get a run"),
    Route("update_run", "POST", f"{_RUNS}/update", runs.UpdateRun, runs.RunInfoReply, "write", "Change a run"),
    Route("delete_run", "POST", f"{_RUNS}/delete", runs.DeleteRun, Empty, "write", "Move a run to the trash"),
    Route("restore_run", "POST", f"{_RUNS}/restore", runs.RestoreRun, Empty, "write", "Take a run out of the trash"),
    Route("search_runs", "POST", f"{_RUNS}/search", runs.SearchRuns, runs.RunsReply, "scan", "Search runs"),
    Route("log_metric", "POST", f"{_RUNS}/log-metric", metrics.LogMetric, Empty, "write", "Append a point of a metric"),
    Route(
        "log_parameter", "POST", f"{_RUNS}/log-parameter", runs.LogParameter, Empty, "write", "Write a parameter"
    ),
    Route("set_tag", "POST", f"{_RUNS}/set-tag", runs.SetTag, Empty, "write", "Set a tag of a run"),
    Route("delete_tag", "POST", f"{_RUNS}/delete-tag", runs.DeleteTag, Empty, "write", "Remove a tag of a run"),
    Route(
        "log_batch", "POST", f"{_RUNS}/log-batch",
        runs.LogBatch, Empty, "write", "Log metrics, parameters and tags, all or nothing",
    ),
    Route(
        "log_model", "POST", f"{_RUNS}/log-model",
        runs.LogModel, Empty, "write", "Record a model in the way of MLflow 1.x and 2.x",
    ),
    Route(
        "log_inputs", "POST", f"{_RUNS}/log-inputs",
        inputs.LogInputs, Empty, "write", "Link datasets and models to a run that used them",
    ),
    Route(
        "log_outputs", "POST", f"{_RUNS}/outputs",
        inputs.LogOutputs, Empty, "write", "Link models to the run that made them",
    ),
    # Metrics
    Route(
        "get_metric_history", "GET", "/mlflow/metrics/get-history",
        metrics.GetMetricHistory, metrics.MetricHistory, "scan", "Get the points of a metric",
    ),
    Route(
        "get_metric_history_bulk", "GET", "/mlflow/metrics/get-history-bulk",
        metrics.GetMetricHistoryBulk, metrics.MetricHistory, "scan", "Get the points of a metric in several runs",
        ajax_only=True,
    ),
    Route(
        "get_metric_history_bulk_interval", "GET", "/mlflow/metrics/get-history-bulk-interval",
        metrics.GetMetricHistoryBulkInterval, metrics.MetricHistory, "scan",
        "Get evenly sampled points of a metric in several runs",
    ),
    # Logged models
    Route(
        "create_logged_model", "POST", _MODELS,
        logged_models.CreateLoggedModel, logged_models.ModelReply, "write", "Make a logged model",
    ),
    Route(
        "search_logged_models", "POST", f"{_MODELS}/search",
        logged_models.SearchLoggedModels, logged_models.ModelsReply, "scan", "Search logged models",
    ),
    Route(
        "get_logged_model", "GET", f"{_MODELS}/{{model_id}}",
        logged_models.GetLoggedModel, logged_models.ModelReply, "point", "Get a logged model",
    ),
    Route(
        "finalize_logged_model", "PATCH", f"{_MODELS}/{{model_id}}",
        logged_models.FinalizeLoggedModel, logged_models.ModelReply, "write", "Say how a model's upload ended",
    ),
    Route(
        "delete_logged_model", "DELETE", f"{_MODELS}/{{model_id}}",
        logged_models.DeleteLoggedModel, Empty, "write", "Move a logged model to the trash",
    ),
    Route(
        "set_logged_model_tags", "PATCH", f"{_MODELS}/{{model_id}}/tags",
        logged_models.SetLoggedModelTags, Empty, "write", "Set tags of a logged model",
    ),
    Route(
        "delete_logged_model_tag", "DELETE", f"{_MODELS}/{{model_id}}/tags/{{tag_key:path}}",
        logged_models.DeleteLoggedModelTag, Empty, "write", "Remove a tag of a logged model",
    ),
    Route(
        "log_logged_model_params", "POST", f"{_MODELS}/{{model_id}}/params",
        logged_models.LogLoggedModelParams, Empty, "write", "Write parameters of a logged model",
    ),
    # Artifacts
    Route(
        "list_artifacts", "GET", "/mlflow/artifacts/list",
        artifacts.ListArtifacts, artifacts.FilesReply, "scan", "List a folder of a run's artifacts",
    ),
    Route(
        "list_logged_model_artifacts", "GET", f"{_MODELS}/{{model_id}}/artifacts/directories",
        artifacts.ListModelArtifacts, artifacts.FilesReply, "scan", "List a folder of a logged model's artifacts",
    ),
    Route(
        "presign_upload", "POST", "/mlflow/artifacts/presigned-upload-url",
        artifacts.PresignUpload, artifacts.PresignedReply, "scan", "Get a URL that takes a file",
    ),
    Route(
        "presign_download", "POST", "/mlflow/artifacts/presigned-download-url",
        artifacts.PresignDownload, artifacts.PresignedReply, "scan", "Get a URL that gives a file",
    ),
    Route(
        "list_proxied_artifacts", "GET", f"{_PROXIED}/artifacts",
        artifacts.ListProxiedArtifacts, artifacts.FilesReply, "scan", "List a folder of the server's artifacts",
    ),
    Route(
        "download_proxied_artifact", "GET", f"{_PROXIED}/artifacts/{{path:path}}",
        artifacts.ProxiedArtifact, None, "bytes", "Download one of the server's artifacts",
    ),
    Route(
        "upload_proxied_artifact", "PUT", f"{_PROXIED}/artifacts/{{path:path}}",
        artifacts.ProxiedArtifact, None, "bytes", "Upload one of the server's artifacts",
    ),
    Route(
        "delete_proxied_artifact", "DELETE", f"{_PROXIED}/artifacts/{{path:path}}",
        artifacts.ProxiedArtifact, Empty, "scan", "Delete some of the server's artifacts",
    ),
    Route(
        "create_multipart_upload", "POST", f"{_PROXIED}/mpu/create/{{folder:path}}",
        artifacts.CreateMultipart, artifacts.MultipartReply, "scan", "Begin a multipart upload",
    ),
    Route(
        "complete_multipart_upload", "POST", f"{_PROXIED}/mpu/complete/{{folder:path}}",
        artifacts.CompleteMultipart, Empty, "scan", "Make a file from its parts",
    ),
    Route(
        "abort_multipart_upload", "POST", f"{_PROXIED}/mpu/abort/{{folder:path}}",
        artifacts.AbortMultipart, Empty, "scan", "Drop the parts of an upload",
    ),
    Route(
        "presign_proxied_artifact", "GET", f"{_PROXIED}/presigned/{{path:path}}",
        artifacts.PresignProxied, artifacts.PresignedReply, "scan", "Get a URL that gives a file",
    ),
    Route(
        "get_artifact", "GET", "/get-artifact",
        artifacts.GetArtifact, None, "bytes", "Download a file of a run", rooted=True,
    ),
    Route(
        "get_raw_artifact", "GET", f"{_OURS}/artifacts/raw",
        artifacts.GetRawArtifact, None, "bytes", "Show an HTML file of a run in isolation", rooted=True,
    ),
    Route(
        "upload_artifact", "POST", "/mlflow/upload-artifact",
        artifacts.UploadArtifact, None, "bytes", "Upload a file of a run", ajax_only=True,
    ),
    Route(
        "get_logged_model_artifact", "GET", f"{_MODELS}/{{model_id}}/artifacts/files",
        artifacts.GetModelArtifact, None, "bytes", "Download a file of a logged model", ajax_only=True,
    ),
    # The server itself
    Route(
        "get_server_info", "GET", "/mlflow/server-info",
        service.GetServerInfo, service.ServerInfo, "point", "Say what the server can do", version="3.0",
    ),
)  # fmt: skip

BY_NAME: dict[str, Route] = {route.name: route for route in ROUTES}


def paths_of(route: Route) -> list[str]:
    """Every path that a route is answered at: both versions, with their twins for browsers and old clients."""
    if route.rooted:
        return [route.path]
    versions = ("2.0", "3.0")
    prefixes = [f"/ajax-api/{version}" for version in versions]
    if not route.ajax_only:
        prefixes += [f"/api/{version}" for version in versions]
        prefixes += ["/api/2.0/preview", "/ajax-api/2.0/preview"]
    return [prefix + route.path for prefix in prefixes]
