"""`MlflowClient`: everything that can be asked of a tracking server or database, with ids given by the caller."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from mlflow._session.stores import open_store_at
from mlflow._session.uris import get_registry_uri, get_tracking_uri, is_registry_uri_set, store_uri
from mlflow._storage.interface.pages import Page
from mlflow._storage.interface.store import Store
from mlflow._storage.open import absolute_uri
from mlflow.entities._segment import Segment
from mlflow.entities.experiment import Experiment
from mlflow.entities.file_info import FileInfo
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run import Run
from mlflow.entities.run_info import RunInfo
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.entities.tag import RunTag
from mlflow.entities.view_type import ViewType
from mlflow.tracking import artifacts, documents, experiments, logged_models, metrics, params, runs, tags
from mlflow.tracking.registry_client import RegistryClient
from mlflow.tracking.values import make_metric

if TYPE_CHECKING:
    import pandas

    from mlflow.tracking.queue import RunOperations


class MlflowClient(RegistryClient):
    """Client of a tracking server or database.

    Args:
        tracking_uri: URI of the store; the one in use when the client is made by default.
        registry_uri: URI of the model registry; the one in use by default.
        workspace_store_uri: Accepted for compatibility; there is one workspace.
    """

    def __init__(
        self,
        tracking_uri: str | os.PathLike[str] | None = None,
        registry_uri: str | None = None,
        workspace_store_uri: str | None = None,
    ) -> None:
        self._tracking_uri = str(tracking_uri or get_tracking_uri())
        self._store_uri = store_uri(tracking_uri)
        chosen = registry_uri or (get_registry_uri() if is_registry_uri_set() else None)
        self._registry_uri = self._store_uri if chosen is None else absolute_uri(chosen)
        self._workspace_store_uri = workspace_store_uri

    @property
    def tracking_uri(self) -> str:
        """URI of the store, as it was given."""
        return self._tracking_uri

    @property
    def _store(self) -> Store:
        return open_store_at(self._store_uri)

    @property
    def _registry(self) -> Store:
        return open_store_at(self._registry_uri)

    # Experiments

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: dict[str, Any] | None = None
    ) -> str:
        """Makes an experiment and answers its id.

        Args:
            name: Unique name.
            artifact_location: URI or path for its artifacts; a folder of the store's root by default.
            tags: Tags; any values become text.

        Raises:
            ResourceAlreadyExists: There is one of that name, perhaps in the trash.
        """
        return experiments.create_experiment(self._store, name, artifact_location, tags)

    def get_experiment(self, experiment_id: str) -> Experiment:
        """An experiment by id; `ResourceDoesNotExist` when there is none."""
        return experiments.get_experiment(self._store, experiment_id)

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """An experiment by name; `None` when there is none."""
        return self._store.experiments.find(name)

    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int | None = experiments.PAGE_SIZE,
        filter_string: str | None = None,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        """One page of the experiments that match a filter, newest first by default.

        Args:
            view_type: A number of `ViewType`.
            max_results: Size of the page.
            filter_string: Such as `"name LIKE 'iris%' AND tags.team = 'a'"`.
            order_by: Such as `["name ASC"]`.
            page_token: `token` of the page before.
        """
        return experiments.search_experiments(
            self._store, view_type, max_results, filter_string, order_by, page_token
        )

    def list_experiments(
        self,
        view_type: int | None = None,
        max_results: int | None = None,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        """As `search_experiments`, by the name that it had before MLflow 2."""
        return experiments.search_experiments(
            self._store, view_type or ViewType.ACTIVE_ONLY, max_results, page_token=page_token
        )

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Gives an experiment another name."""
        self._store.experiments.rename(str(experiment_id), new_name)

    def delete_experiment(self, experiment_id: str) -> None:
        """Moves an experiment and its runs to the trash."""
        self._store.experiments.delete(str(experiment_id))

    def restore_experiment(self, experiment_id: str) -> None:
        """Takes an experiment and its runs out of the trash."""
        self._store.experiments.restore(str(experiment_id))

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        """Sets a tag of an experiment."""
        experiments.set_experiment_tag(self._store, experiment_id, key, value)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Removes a tag of an experiment."""
        self._store.experiments.delete_tag(str(experiment_id), key)

    # Runs

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: dict[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """Starts a run, which does not become the active one; end it with `set_terminated`.

        Args:
            experiment_id: Experiment that it belongs to.
            start_time: Milliseconds since the epoch; now by default.
            tags: Tags; any values become text.
            run_name: Name; a random one by default.
        """
        return runs.create_run(self._store, experiment_id, start_time, tags, run_name)

    def get_run(self, run_id: str) -> Run:
        """A run by id; `ResourceDoesNotExist` when there is none."""
        return self._store.runs.get(run_id)

    def get_parent_run(self, run_id: str) -> Run | None:
        """The run that a nested run belongs to; `None` for others."""
        return runs.get_parent_run(self._store, run_id)

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        """Changes state and name of a run, where given."""
        runs.update_run(self._store, run_id, status, name)

    def set_terminated(self, run_id: str, status: str | None = None, end_time: int | None = None) -> None:
        """Ends a run.

        Args:
            run_id: The run.
            status: `"FINISHED"` (the default), `"FAILED"` or `"KILLED"`.
            end_time: Milliseconds since the epoch; now by default.
        """
        runs.end_run(self._store, run_id, status, end_time)

    def delete_run(self, run_id: str) -> None:
        """Moves a run to the trash."""
        self._store.runs.delete(run_id)

    def restore_run(self, run_id: str) -> None:
        """Takes a run out of the trash."""
        self._store.runs.restore(run_id)

    def rewind_run(self, run_id: str, step: int) -> None:
        """Takes a run back to a step: points of its metrics after that are set aside as a segment.

        Args:
            run_id: The run.
            step: Last step that counts.
        """
        runs.rewind_run(self._store, run_id, step)

    def get_run_segments(self, run_id: str) -> list[Segment]:
        """What a run has left behind each time that it was taken back, oldest first."""
        return self._store.segments.of_run(run_id)

    def get_segment_history(self, run_id: str, segment: int, key: str) -> list[Metric]:
        """All points of a metric in a segment, by step.

        Args:
            run_id: The run.
            segment: `number` of the segment.
            key: Name of the metric.
        """
        return runs.segment_history(self._store, run_id, segment, key)

    def move_runs(self, run_ids: list[str] | str, experiment_id: str) -> list[str]:
        """Moves runs to another experiment, all or none of them.

        Runs that are nested in them and the logged models that they made go with them. Their artifacts stay
        where they are, so that URIs which somebody noted remain right.

        Args:
            run_ids: Ids of up to 1,000 runs, or one id; runs that are there already stay.
            experiment_id: Where to.

        Returns:
            Ids of the runs that were elsewhere before, nested ones among them.

        Raises:
            ResourceDoesNotExist: No experiment, or no run, has that id.
            InvalidParameterValue: The experiment or a run is deleted, or there are too many runs.
        """
        return runs.move_runs(self._store, run_ids, experiment_id)

    def search_runs(
        self,
        experiment_ids: list[str],
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Run]:
        """One page of the runs that match a filter, newest first by default.

        Args:
            experiment_ids: Experiments to look in.
            filter_string: Such as `"metrics.rmse < 1 AND params.depth = '5'"`.
            run_view_type: A number of `ViewType`.
            max_results: Size of the page, at most 50,000.
            order_by: Such as `["metrics.rmse ASC"]`.
            page_token: `token` of the page before.
        """
        return runs.search_runs(
            self._store, experiment_ids, filter_string, run_view_type, max_results, order_by, page_token
        )

    def list_run_infos(
        self,
        experiment_id: str,
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> Page[RunInfo]:
        """Facts about the runs of an experiment; gone from MLflow since version 2, where `search_runs` is used."""
        page = self.search_runs([experiment_id], "", run_view_type, max_results, order_by, page_token)
        return Page([run.info for run in page], page.token)

    # Metrics, parameters, tags

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> RunOperations | None:
        """Logs one point of a metric.

        Args:
            run_id: The run.
            key: Name of the metric.
            value: A number, or what holds one (numeric text, arrays and tensors of one element).
            timestamp: Milliseconds since the epoch; now by default.
            step: Whole number; 0 by default.
            synchronous: Whether to wait until it is stored; as configured by default.
            dataset_name: Dataset that it is measured on.
            dataset_digest: Digest of that dataset.
            model_id: Logged model that it is measured on.

        Returns:
            What to wait for, when it is logged in the background.
        """
        point = make_metric(key, value, timestamp, step, model_id, dataset_name, dataset_digest)
        return metrics.log_metric(self._store, run_id, point, synchronous)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
        synchronous: bool | None = None,
    ) -> RunOperations | None:
        """Logs any number of metrics, parameters and tags; up to 1,000 at once are all or nothing."""
        return _log_batch(self._store, run_id, metrics, params, tags, synchronous)

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """All points of a metric; an empty list for an unknown one."""
        return metrics.metric_history(self._store, run_id, key)

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        """Logs a parameter as text, once; answers the value."""
        return params.log_param(self._store, run_id, key, value, synchronous)

    def set_tag(
        self, run_id: str, key: str, value: Any, synchronous: bool | None = None
    ) -> RunOperations | None:
        """Sets a tag of a run."""
        return tags.set_tag(self._store, run_id, key, value, synchronous)

    def delete_tag(self, run_id: str, key: str) -> None:
        """Removes a tag of a run; `ResourceDoesNotExist` when it has none of that key."""
        self._store.tags.delete(run_id, key)

    # Inputs and outputs

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput] | None = None,
        models: Sequence[LoggedModelInput] | None = None,
    ) -> None:
        """Links datasets and logged models to a run that used them."""
        self._store.inputs.log_inputs(run_id, datasets or (), models or ())

    def log_outputs(self, run_id: str, models: list[LoggedModelOutput]) -> None:
        """Links logged models to the run that made them."""
        self._store.inputs.log_outputs(run_id, models)

    # Logged models

    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        model_type: str | None = None,
    ) -> LoggedModel:
        """Makes a logged model in the state PENDING; finalize it when its files are stored."""
        return logged_models.create_logged_model(
            self._store, experiment_id, name, source_run_id, tags, params, model_type
        )

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus | str) -> LoggedModel:
        """Says that the files of a model are complete (`"READY"`) or will not come (`"FAILED"`)."""
        return logged_models.finalize_logged_model(self._store, model_id, status)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """A logged model by id; `ResourceDoesNotExist` when there is none."""
        return self._store.logged_models.get(model_id)

    def delete_logged_model(self, model_id: str) -> None:
        """Moves a logged model to the trash."""
        self._store.logged_models.delete(model_id)

    def set_logged_model_tags(self, model_id: str, tags: dict[str, Any]) -> None:
        """Sets tags of a logged model."""
        logged_models.set_logged_model_tags(self._store, model_id, tags)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Removes a tag of a logged model."""
        self._store.logged_models.delete_tag(model_id, key)

    def log_model_params(self, model_id: str, params: dict[str, str]) -> None:
        """Writes parameters of a logged model, once."""
        logged_models.log_model_params(self._store, model_id, params)

    def search_logged_models(
        self,
        experiment_ids: list[str],
        filter_string: str | None = None,
        datasets: list[dict[str, Any]] | None = None,
        max_results: int | None = None,
        order_by: list[dict[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> Page[LoggedModel]:
        """One page of the logged models that match a filter, newest first by default.

        Args:
            experiment_ids: Experiments to look in.
            filter_string: Such as `"metrics.accuracy > 0.9"`.
            datasets: Dictionaries with `dataset_name` and perhaps `dataset_digest`: metrics of the filter count
                where measured on one of these.
            max_results: Size of the page; 100 by default.
            order_by: Dictionaries with `field_name` and perhaps `ascending`, `dataset_name`, `dataset_digest`.
            page_token: `token` of the page before.
        """
        return logged_models.search_logged_models(
            self._store, experiment_ids, filter_string, datasets, max_results, order_by, page_token
        )

    def log_model_artifact(
        self, model_id: str, local_path: str | os.PathLike[str], artifact_path: str | None = None
    ) -> None:
        """Adds a local file to the files of a logged model."""
        artifacts.log_file(artifacts.model_root(self._store, model_id), local_path, artifact_path)

    def log_model_artifacts(
        self, model_id: str, local_dir: str | os.PathLike[str], artifact_path: str | None = None
    ) -> None:
        """Adds the files of a local folder to those of a logged model."""
        artifacts.log_folder(artifacts.model_root(self._store, model_id), local_dir, artifact_path)

    def list_logged_model_artifacts(self, model_id: str, path: str | None = None) -> list[FileInfo]:
        """Files and folders of a logged model, directly in a folder of it."""
        return artifacts.model_root(self._store, model_id).list(path or "")

    # Artifacts

    def log_artifact(
        self, run_id: str, local_path: str | os.PathLike[str], artifact_path: str | None = None
    ) -> None:
        """Stores a local file, or a folder under its name, among the artifacts of a run.

        Args:
            run_id: The run.
            local_path: The file or folder.
            artifact_path: Folder of the run to put it in.

        Raises:
            FileNotFoundError: There is no such file.
        """
        artifacts.log_file(artifacts.run_root(self._store, run_id), local_path, artifact_path)

    def log_artifacts(
        self, run_id: str, local_dir: str | os.PathLike[str], artifact_path: str | None = None
    ) -> None:
        """Stores the files of a local folder among the artifacts of a run."""
        artifacts.log_folder(artifacts.run_root(self._store, run_id), local_dir, artifact_path)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Stores text as a file in UTF-8."""
        artifacts.log_bytes(
            artifacts.run_root(self._store, run_id), documents.text_bytes(text), artifact_file
        )

    def log_dict(self, run_id: str, dictionary: dict[str, Any], artifact_file: str) -> None:
        """Stores a dictionary as YAML (`.yaml`, `.yml`) or JSON (any other name)."""
        content = documents.dictionary_bytes(dictionary, artifact_file)
        artifacts.log_bytes(artifacts.run_root(self._store, run_id), content, artifact_file)

    def log_figure(
        self, run_id: str, figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None
    ) -> None:
        """Stores a figure of matplotlib or plotly.

        Args:
            run_id: The run.
            figure: The figure.
            artifact_file: Name; its ending says in which form, such as `.png` (`.html` for plotly).
            save_kwargs: Further arguments of the library's own function for saving.
        """
        content = documents.figure_bytes(figure, artifact_file, save_kwargs)
        artifacts.log_bytes(artifacts.run_root(self._store, run_id), content, artifact_file)

    def log_image(
        self,
        run_id: str,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        """Stores a picture (numpy array, PIL image or `mlflow.Image`), alone or as one of a series.

        Args:
            run_id: The run.
            image: The picture.
            artifact_file: Name of a single picture.
            key: Name of a series; with `step` and `timestamp`.
            step: Place in the series; 0 by default.
            timestamp: Milliseconds since the epoch; now by default.
            synchronous: Whether to wait until a picture of a series is stored; yes by default.
        """
        from mlflow.tracking.pictures import log_image

        log_image(self._store, run_id, image, artifact_file, key, step, timestamp, synchronous)

    def log_table(self, run_id: str, data: dict[str, Any] | pandas.DataFrame, artifact_file: str) -> None:
        """Adds rows to a table (`.json` or `.parquet`), which is made where there is none."""
        from mlflow.tracking.tables import log_run_table

        log_run_table(self._store, run_id, data, artifact_file)

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: list[str] | None = None,
        extra_columns: list[str] | None = None,
    ) -> pandas.DataFrame:
        """A table of several runs as one DataFrame.

        Args:
            experiment_id: Experiment whose runs are looked at.
            artifact_file: Name of the table.
            run_ids: Runs to take; all that have the table by default.
            extra_columns: Columns of `mlflow.search_runs` to add to each row, such as `run_id`.
        """
        from mlflow.tracking.tables import load_tables

        return load_tables(self._store, experiment_id, artifact_file, run_ids, extra_columns)

    def log_stream(self, run_id: str, stream: BinaryIO, artifact_file: str) -> None:
        """Stores what a file object of bytes gives, piece by piece."""
        artifacts.log_stream(artifacts.run_root(self._store, run_id), stream, artifact_file)

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """Files and folders of a run, directly in a folder of it; logged models of the run are folders."""
        return artifacts.list_run_artifacts(self._store, run_id, path)

    def download_artifacts(self, run_id: str, path: str, dst_path: str | None = None) -> str:
        """Fetches a file or folder of a run.

        Args:
            run_id: The run.
            path: Path among its artifacts; `""` is all of them.
            dst_path: Folder to put it in; a temporary one by default, and local files stay where they are.

        Returns:
            The local path.
        """
        return artifacts.download(self._store, f"runs:/{run_id}/{path}".rstrip("/"), dst_path)


def _log_batch(
    store: Store,
    run_id: str,
    points: Sequence[Metric],
    values: Sequence[Param],
    labels: Sequence[RunTag],
    synchronous: bool | None,
) -> RunOperations | None:
    """Apart from the class, whose method has arguments named as the modules are."""
    return metrics.log_batch(store, run_id, points, values, labels, synchronous)
