"""The route table: every endpoint, once. Server, REST store, OpenAPI and the UI's types are made from it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from mlflow._wire import (
    artifacts,
    comments,
    decisions,
    experiments,
    inputs,
    leases,
    logged_models,
    metrics,
    model_versions,
    policies,
    registered_models,
    runs,
    segments,
    service,
    tables,
    transition_requests,
    version_pages,
    webhooks,
)
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
        decides: Whether it changes the registry, so that headers say who does it and why; or depends on who asks.
        query_too: Whether a request without a body is read from its query, though the method is not GET.
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
    decides: bool = False
    query_too: bool = False

    @property
    def idempotent(self) -> bool:
        """Whether doing it twice comes to the same as doing it once."""
        return self.method == "GET" or self.name not in _NOT_IDEMPOTENT

    @property
    def url(self) -> str:
        """The path that clients use."""
        if self.rooted:
            return self.path
        return f"/{'ajax-api' if self.ajax_only else 'api'}/{self.version}{self.path}"


_NOT_IDEMPOTENT = frozenset(
    {
        "create_experiment",
        "create_run",
        "create_logged_model",
        "log_model",
        "create_registered_model",
        "rename_registered_model",
        "delete_registered_model",
        "create_model_version",
        "delete_model_version",
        "restore_registered_model",
        "restore_model_version",
        "review_decision",
        "rollback",
        "decide",
        "request_transition",
        "approve_request",
        "reject_request",
        "withdraw_request",
        "create_transition_request",
        "approve_transition_request",
        "reject_transition_request",
        "delete_transition_request",
        "create_comment",
        "delete_comment",
        "create_webhook",
        "delete_webhook",
        "test_webhook",
    }
)
_EXPERIMENTS = "/mlflow/experiments"
_RUNS = "/mlflow/runs"
_MODELS = "/mlflow/logged-models"
_REGISTERED = "/mlflow/registered-models"
_VERSIONS = "/mlflow/model-versions"
_REQUESTS = "/mlflow/transition-requests"
_COMMENTS = "/mlflow/comments"
_WEBHOOKS = "/mlflow/webhooks"
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
    Route(
        "create_named_run", "POST", f"{_OURS}/runs/create",
        runs.CreateNamedRun, runs.RunReply, "write", "Start a run whose id the client made", rooted=True,
    ),
    Route("get_run", "GET", f"{_RUNS}/get", runs.GetRun, runs.RunReply, "point", "Get a run"),
    Route("update_run", "POST", f"{_RUNS}/update", runs.UpdateRun, runs.RunInfoReply, "write", "Change a run"),
    Route("delete_run", "POST", f"{_RUNS}/delete", runs.DeleteRun, Empty, "write", "Move a run to the trash"),
    Route("restore_run", "POST", f"{_RUNS}/restore", runs.RestoreRun, Empty, "write", "Take a run out of the trash"),
    Route(
        "move_runs", "POST", f"{_OURS}/runs/move",
        runs.MoveRuns, runs.MovedRuns, "write", "Move runs to another experiment, all or none", rooted=True,
    ),
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
    Route(
        "renew_leases", "POST", f"{_OURS}/runs/renew-leases",
        leases.RenewLeases, Empty, "write", "Say that the client of some runs is alive", rooted=True,
    ),
    Route(
        "expire_leases", "POST", f"{_OURS}/runs/expire-leases",
        leases.ExpireLeases, leases.LostRuns, "scan", "End the runs whose lease has passed", rooted=True,
    ),
    Route(
        "rewind_run", "POST", f"{_OURS}/runs/rewind",
        segments.RewindRun, segments.SegmentReply, "write", "Take a run back to a step", rooted=True,
    ),
    Route(
        "list_segments", "GET", f"{_OURS}/runs/segments",
        segments.ListSegments, segments.SegmentsReply, "scan", "List what a run has left behind", rooted=True,
    ),
    Route(
        "get_segment_history", "GET", f"{_OURS}/runs/segments/history",
        segments.GetSegmentHistory, metrics.MetricHistory, "scan",
        "Get the points of a metric that a run has left behind", rooted=True,
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
    Route(
        "get_series", "POST", f"{_OURS}/metrics/series",
        metrics.GetSeries, metrics.SeriesReply, "scan", "Get the shapes of metrics, however long they are", rooted=True,
    ),
    # Logged models
    Route(
        "create_logged_model", "POST", _MODELS,
        logged_models.CreateLoggedModel, logged_models.ModelReply, "write", "Make a logged model",
    ),
    Route(
        "create_named_logged_model", "POST", f"{_OURS}/logged-models/create",
        logged_models.CreateNamedLoggedModel, logged_models.ModelReply, "write",
        "Make a logged model whose id the client made", rooted=True,
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
    # Registered models
    Route(
        "create_registered_model", "POST", f"{_REGISTERED}/create",
        registered_models.CreateRegisteredModel, registered_models.RegisteredModelReply, "write",
        "Make a registered model", decides=True,
    ),
    Route(
        "get_registered_model", "GET", f"{_REGISTERED}/get",
        registered_models.GetRegisteredModel, registered_models.RegisteredModelReply, "point",
        "Get a registered model",
    ),
    Route(
        "update_registered_model", "PATCH", f"{_REGISTERED}/update",
        registered_models.UpdateRegisteredModel, registered_models.RegisteredModelReply, "write",
        "Describe a registered model", decides=True,
    ),
    Route(
        "rename_registered_model", "POST", f"{_REGISTERED}/rename",
        registered_models.RenameRegisteredModel, registered_models.RegisteredModelReply, "write",
        "Rename a registered model", decides=True,
    ),
    Route(
        "delete_registered_model", "DELETE", f"{_REGISTERED}/delete",
        registered_models.DeleteRegisteredModel, Empty, "write", "Delete a registered model", decides=True,
    ),
    Route(
        "restore_registered_model", "POST", f"{_OURS}/models/{{name}}/restore",
        registered_models.RestoreRegisteredModel, registered_models.RegisteredModelReply, "write",
        "Bring back a deleted registered model", rooted=True, decides=True,
    ),
    Route(
        "rollback", "POST", f"{_OURS}/models/{{name}}/rollback",
        registered_models.Rollback, model_versions.ModelVersionReply, "write",
        "Give a stage or an alias back to a version that held it", rooted=True, decides=True,
    ),
    Route(
        "search_registered_models", "GET", f"{_REGISTERED}/search",
        registered_models.SearchRegisteredModels, registered_models.RegisteredModelsReply, "scan",
        "Search registered models",
    ),
    Route(
        "list_registered_models", "GET", f"{_REGISTERED}/list",
        registered_models.ListRegisteredModels, registered_models.RegisteredModelsReply, "scan",
        "List registered models, as MLflow 1.x did",
    ),
    Route(
        "get_latest_versions", "POST", f"{_REGISTERED}/get-latest-versions",
        registered_models.GetLatestVersions, model_versions.ModelVersionsReply, "point",
        "Get the newest version of each stage",
    ),
    Route(
        "get_latest_versions_by_get", "GET", f"{_REGISTERED}/get-latest-versions",
        registered_models.GetLatestVersions, model_versions.ModelVersionsReply, "point",
        "Get the newest version of each stage",
    ),
    Route(
        "set_registered_model_tag", "POST", f"{_REGISTERED}/set-tag",
        registered_models.SetRegisteredModelTag, Empty, "write", "Set a tag of a registered model", decides=True,
    ),
    Route(
        "delete_registered_model_tag", "DELETE", f"{_REGISTERED}/delete-tag",
        registered_models.DeleteRegisteredModelTag, Empty, "write", "Remove a tag of a registered model",
        decides=True,
    ),
    Route(
        "set_registered_model_alias", "POST", f"{_REGISTERED}/alias",
        registered_models.SetAlias, Empty, "write", "Make an alias point to a version", decides=True,
    ),
    Route(
        "delete_registered_model_alias", "DELETE", f"{_REGISTERED}/alias",
        registered_models.DeleteAlias, Empty, "write", "Remove an alias", decides=True,
    ),
    Route(
        "get_model_version_by_alias", "GET", f"{_REGISTERED}/alias",
        registered_models.GetByAlias, model_versions.ModelVersionReply, "point",
        "Get the version that an alias points to",
    ),
    # Versions of registered models
    Route(
        "create_model_version", "POST", f"{_VERSIONS}/create",
        model_versions.CreateModelVersion, model_versions.ModelVersionReply, "write",
        "Register a model as the next version", decides=True,
    ),
    Route(
        "get_model_version", "GET", f"{_VERSIONS}/get",
        model_versions.GetModelVersion, model_versions.ModelVersionReply, "point", "Get a version",
    ),
    Route(
        "update_model_version", "PATCH", f"{_VERSIONS}/update",
        model_versions.UpdateModelVersion, model_versions.ModelVersionReply, "write", "Describe a version",
        decides=True,
    ),
    Route(
        "transition_model_version_stage", "POST", f"{_VERSIONS}/transition-stage",
        model_versions.TransitionModelVersion, model_versions.ModelVersionReply, "write",
        "Move a version to another stage", decides=True,
    ),
    Route(
        "delete_model_version", "DELETE", f"{_VERSIONS}/delete",
        model_versions.DeleteModelVersion, Empty, "write", "Delete a version", decides=True,
    ),
    Route(
        "restore_model_version", "POST", f"{_OURS}/models/{{name}}/versions/{{version}}/restore",
        model_versions.RestoreModelVersion, model_versions.ModelVersionReply, "write",
        "Bring back a deleted version", rooted=True, decides=True,
    ),
    Route(
        "hold_model_version", "POST", f"{_OURS}/models/{{name}}/versions/{{version}}/hold",
        model_versions.HoldModelVersion, Empty, "write", "Put a version under legal hold, or end the hold",
        rooted=True, decides=True,
    ),
    Route(
        "get_model_version_protection", "GET", f"{_OURS}/models/{{name}}/versions/{{version}}/protection",
        model_versions.GetProtection, model_versions.ProtectionReply, "point",
        "Get why a version is protected from deletion", rooted=True,
    ),
    Route(
        "record_manifest", "POST", f"{_OURS}/models/{{name}}/versions/{{version}}/manifest",
        model_versions.RecordManifest, Empty, "write", "Keep which files a version consists of", rooted=True,
        decides=True,
    ),
    Route(
        "get_manifest", "GET", f"{_OURS}/models/{{name}}/versions/{{version}}/manifest",
        model_versions.GetManifest, model_versions.ManifestReply, "scan",
        "Get which files a version consisted of when it was registered", rooted=True,
    ),
    Route(
        "search_model_versions", "GET", f"{_VERSIONS}/search",
        model_versions.SearchModelVersions, model_versions.ModelVersionsReply, "scan", "Search versions",
    ),
    Route(
        "get_model_version_download_uri", "GET", f"{_VERSIONS}/get-download-uri",
        model_versions.GetDownloadUri, model_versions.DownloadUriReply, "point",
        "Get the place of a version's files",
    ),
    Route(
        "set_model_version_tag", "POST", f"{_VERSIONS}/set-tag",
        model_versions.SetModelVersionTag, Empty, "write", "Set a tag of a version", decides=True,
    ),
    Route(
        "delete_model_version_tag", "DELETE", f"{_VERSIONS}/delete-tag",
        model_versions.DeleteModelVersionTag, Empty, "write", "Remove a tag of a version", decides=True,
    ),
    # The ledger of the registry
    Route(
        "search_decisions", "GET", f"{_OURS}/decisions",
        decisions.SearchDecisions, decisions.DecisionsReply, "scan", "List what was decided", rooted=True,
    ),
    Route(
        "decide", "POST", f"{_OURS}/decisions",
        decisions.Decide, decisions.DecideReply, "write",
        "Move a version, an alias, or roll back, on what its maker saw; or try what would come of it", rooted=True,
        decides=True,
    ),
    Route(
        "verify_decisions", "GET", f"{_OURS}/decisions/verify",
        decisions.VerifyDecisions, decisions.LedgerCheckReply, "scan", "Check that nothing of the ledger was changed",
        rooted=True,
    ),
    Route(
        "get_ledger_anchor", "GET", f"{_OURS}/decisions/anchor",
        decisions.GetAnchor, decisions.AnchorReply, "scan", "Get what the ledger is now, to be kept elsewhere",
        rooted=True,
    ),
    Route(
        "export_decisions", "GET", f"{_OURS}/decisions/export",
        decisions.ExportDecisions, None, "bytes", "Download what was decided about a model, with its proofs", rooted=True,
    ),
    Route(
        "get_version_page", "GET", f"{_OURS}/versions/{{name}}/{{version}}/page",
        version_pages.GetVersionPage, version_pages.VersionPageReply, "scan", "Get all that a page about a version shows",
        rooted=True, decides=True,
    ),
    Route(
        "get_decision", "GET", f"{_OURS}/decisions/{{seq}}",
        decisions.GetDecision, decisions.DecisionReply, "scan", "Get an event with its evidence and its proof",
        rooted=True,
    ),
    Route(
        "erase_decision", "POST", f"{_OURS}/decisions/{{seq}}/erase",
        decisions.EraseDecision, decisions.DecisionReply, "write", "Remove parts of an event for good", rooted=True,
        decides=True,
    ),
    Route(
        "get_registry_state", "GET", f"{_OURS}/models/{{name}}/as-of",
        decisions.GetRegistryState, decisions.RegistryStateReply, "scan",
        "Get what the registry held about a model at some time", rooted=True,
    ),
    Route(
        "get_registry_timeline", "GET", f"{_OURS}/models/{{name}}/timeline",
        decisions.GetTimeline, decisions.TimelineReply, "scan",
        "Get which version was in each stage and under each alias, and when", rooted=True,
    ),
    # Requests to move versions, and comments
    Route(
        "list_pending_requests", "GET", f"{_OURS}/requests",
        transition_requests.ListPendingRequests, transition_requests.PendingRequestsReply, "scan",
        "List what waits for somebody's approval", rooted=True,
    ),
    Route(
        "request_transition", "POST", f"{_OURS}/requests",
        transition_requests.RequestTransition, transition_requests.PendingRequestReply, "write",
        "Ask that a version gets a stage or an alias", rooted=True, decides=True,
    ),
    Route(
        "approve_request", "POST", f"{_OURS}/decisions/{{seq}}/approve",
        transition_requests.AnswerRequest, transition_requests.AnswerReply, "write",
        "Approve a request; the version moves once enough did", rooted=True, decides=True,
    ),
    Route(
        "reject_request", "POST", f"{_OURS}/decisions/{{seq}}/reject",
        transition_requests.AnswerRequest, transition_requests.AnswerReply, "write", "Reject a request",
        rooted=True, decides=True,
    ),
    Route(
        "withdraw_request", "POST", f"{_OURS}/decisions/{{seq}}/withdraw",
        transition_requests.AnswerRequest, transition_requests.AnswerReply, "write", "Take one's own request back",
        rooted=True, decides=True,
    ),
    Route(
        "create_transition_request", "POST", f"{_REQUESTS}/create",
        transition_requests.CreateTransitionRequest, transition_requests.TransitionRequestReply, "write",
        "Ask that a version gets a stage, as in Databricks", decides=True,
    ),
    Route(
        "list_transition_requests", "GET", f"{_REQUESTS}/list",
        transition_requests.ListTransitionRequests, transition_requests.TransitionRequestsReply, "scan",
        "List the open requests of a version, as in Databricks", decides=True,
    ),
    Route(
        "approve_transition_request", "POST", f"{_REQUESTS}/approve",
        transition_requests.AnswerTransitionRequest, transition_requests.ActivityReply, "write",
        "Approve the open request of a version for a stage, as in Databricks", decides=True,
    ),
    Route(
        "reject_transition_request", "POST", f"{_REQUESTS}/reject",
        transition_requests.AnswerTransitionRequest, transition_requests.ActivityReply, "write",
        "Reject the open requests of a version for a stage, as in Databricks", decides=True,
    ),
    Route(
        "delete_transition_request", "DELETE", f"{_REQUESTS}/delete",
        transition_requests.DeleteTransitionRequest, transition_requests.ActivityReply, "write",
        "Withdraw a request, as in Databricks", decides=True, query_too=True,
    ),
    Route(
        "create_comment", "POST", f"{_COMMENTS}/create",
        comments.CreateComment, comments.CommentReply, "write", "Comment on a version, as in Databricks", decides=True,
    ),
    Route(
        "list_comments", "GET", f"{_COMMENTS}/list",
        comments.ListComments, comments.CommentsReply, "scan", "List the comments on a version", decides=True,
    ),
    Route(
        "update_comment", "PATCH", f"{_COMMENTS}/update",
        comments.UpdateComment, comments.CommentReply, "write", "Change a comment, as in Databricks", decides=True,
    ),
    Route(
        "delete_comment", "DELETE", f"{_COMMENTS}/delete",
        comments.DeleteComment, Empty, "write", "Delete a comment, as in Databricks", decides=True, query_too=True,
    ),
    # Webhooks
    Route(
        "create_webhook", "POST", _WEBHOOKS,
        webhooks.CreateWebhook, webhooks.WebhookReply, "scan", "Have an address told what happens",
    ),
    Route(
        "list_webhooks", "GET", _WEBHOOKS, webhooks.ListWebhooks, webhooks.WebhooksReply, "scan", "List webhooks",
    ),
    Route(
        "get_webhook", "GET", f"{_WEBHOOKS}/{{webhook_id}}",
        webhooks.GetWebhook, webhooks.WebhookReply, "scan", "Get a webhook",
    ),
    Route(
        "update_webhook", "PATCH", f"{_WEBHOOKS}/{{webhook_id}}",
        webhooks.UpdateWebhook, webhooks.WebhookReply, "scan", "Change a webhook",
    ),
    Route(
        "delete_webhook", "DELETE", f"{_WEBHOOKS}/{{webhook_id}}",
        webhooks.DeleteWebhook, Empty, "write", "Delete a webhook",
    ),
    Route(
        "test_webhook", "POST", f"{_WEBHOOKS}/{{webhook_id}}/test",
        webhooks.TestWebhook, webhooks.TestReply, "scan", "Tell a webhook an example, and what came of it",
    ),
    Route(
        "list_webhook_deliveries", "GET", f"{_OURS}/webhooks/{{webhook_id}}/deliveries",
        webhooks.ListDeliveries, webhooks.DeliveriesReply, "scan", "List the last deliveries to a webhook",
        rooted=True,
    ),
    # Policies of the registry
    Route(
        "get_policy", "GET", f"{_OURS}/policy",
        policies.GetPolicy, policies.PolicyReply, "point", "Get the policy file of the registry", rooted=True,
    ),
    Route(
        "set_policy", "POST", f"{_OURS}/policy",
        policies.SetPolicy, Empty, "write", "Replace the policy file of the registry", rooted=True, decides=True,
    ),
    Route(
        "check_policy", "GET", f"{_OURS}/models/{{name}}/versions/{{version}}/policy",
        policies.CheckPolicy, policies.RulesReply, "scan",
        "Get what the policy says of giving a version a stage or an alias", rooted=True, decides=True,
    ),
    Route(
        "approve_model_version", "POST", f"{_OURS}/models/{{name}}/versions/{{version}}/approve",
        policies.ApproveModelVersion, Empty, "write", "Agree that a version gets a stage or an alias",
        rooted=True, decides=True,
    ),
    Route(
        "get_reviews", "GET", f"{_OURS}/reviews",
        policies.GetReviews, policies.ReviewsReply, "scan",
        "List decisions against the policy that wait for a review", rooted=True,
    ),
    Route(
        "review_decision", "POST", f"{_OURS}/reviews/{{event}}",
        policies.ReviewDecision, Empty, "write", "Review a decision against the policy", rooted=True, decides=True,
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
    # Tables
    Route(
        "get_run_table", "POST", f"{_OURS}/runs/table",
        tables.GetRunTable, tables.RunTableReply, "scan", "Get columns of runs", rooted=True,
    ),
    Route(
        "download_run_table", "GET", f"{_OURS}/runs/table.csv",
        tables.DownloadRunTable, None, "bytes", "Download columns of all matching runs as CSV", rooted=True,
    ),
    Route(
        "get_run_keys", "GET", f"{_OURS}/runs/keys",
        tables.GetRunKeys, tables.RunKeysReply, "scan", "List what runs have logged", rooted=True,
    ),
    Route(
        "get_run_values", "GET", f"{_OURS}/runs/values",
        tables.GetRunValues, tables.RunValuesReply, "scan", "List the values of a parameter or a tag", rooted=True,
    ),
    Route(
        "compare_runs", "POST", f"{_OURS}/runs/compare",
        tables.CompareRuns, tables.ComparisonReply, "scan", "Get everything that some runs have, as columns", rooted=True,
    ),
    Route(
        "get_experiment_table", "GET", f"{_OURS}/experiments/table",
        tables.GetExperimentTable, tables.ExperimentTableReply, "scan",
        "List experiments with what goes on in them", rooted=True,
    ),
    Route(
        "get_registered_model_table", "GET", f"{_OURS}/models/table",
        tables.GetRegisteredModelTable, tables.RegisteredModelTableReply, "scan",
        "List registered models with what was decided about them", rooted=True,
    ),
    Route(
        "check_filter", "POST", f"{_OURS}/filter/check",
        tables.CheckFilter, tables.FilterReply, "point", "Say what a filter consists of and what is wrong with it",
        rooted=True,
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
