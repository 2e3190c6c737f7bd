"""What runs read and make, in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.sql.connection import Columns, Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.logged_model_rows import find_model, no_model
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run
from mlflow._storage.validation import check_dataset_inputs, check_experiment_id
from mlflow.entities.dataset import Dataset, _DatasetSummary
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.exceptions import InvalidParameterValue

CONTEXT = "mlflow.data.context"
MAX_EXPERIMENTS = 20
MAX_SUMMARIES = 1000
_MODELS = Columns("run_model", run="bigint", made="smallint", model="bigint", step="bigint")
_TAGS = Columns("run_dataset_tag", run="bigint", dataset="bigint", name="text", value="text")


class SqlInputs:
    """What runs read and make, in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def log_inputs(
        self, run_id: str, datasets: Sequence[DatasetInput] = (), models: Sequence[LoggedModelInput] = ()
    ) -> None:
        check_dataset_inputs(datasets)

        def work(cx: Connection) -> None:
            run = lock_active_run(cx, self._engine.dialect, run_id)
            for dataset_input in datasets:
                _link_dataset(cx, run, dataset_input)
            _link_models(cx, run, [(model.model_id, 0) for model in models], made=0)
            forget_document(cx, run.number)

        self._engine.write(work)

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        def work(cx: Connection) -> None:
            run = lock_active_run(cx, self._engine.dialect, run_id)
            _link_models(cx, run, [(model.model_id, model.step) for model in models], made=1)
            forget_document(cx, run.number)

        self._engine.write(work)

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[_DatasetSummary]:
        numbers = sorted({check_experiment_id(experiment_id) for experiment_id in experiment_ids})
        if len(numbers) > MAX_EXPERIMENTS:
            raise InvalidParameterValue(
                f"Ask for the datasets of at most {MAX_EXPERIMENTS} experiments at a time; got {len(numbers)}"
            )
        if not numbers:
            return []
        marks = ", ".join("?" * len(numbers))
        with self._engine.reading() as cx:
            rows = cx.all(
                "SELECT DISTINCT rd.experiment, d.name, d.digest, rd.context FROM run_dataset rd "
                f"JOIN dataset d ON d.id = rd.dataset JOIN run r ON r.id = rd.run "
                f"WHERE rd.experiment IN ({marks}) AND r.deleted_ms IS NULL "
                "ORDER BY 1, 2, 3, 4 LIMIT ?",
                (*numbers, MAX_SUMMARIES),
            )
        return [_DatasetSummary(str(row[0]), row[1], row[2], row[3]) for row in rows]


def _link_dataset(cx: Connection, run: RunRow, dataset_input: DatasetInput) -> None:
    number = _dataset_number(cx, run.experiment, dataset_input.dataset)
    tags = {tag.key: tag.value for tag in dataset_input.tags}
    linked = cx.run(
        "INSERT INTO run_dataset (run, dataset, experiment, context) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (run, dataset) DO NOTHING",
        (run.number, number, run.experiment, tags.get(CONTEXT)),
    )
    if linked:
        cx.insert(_TAGS, [(run.number, number, key, value) for key, value in sorted(tags.items())])


def _dataset_number(cx: Connection, experiment: int, dataset: Dataset) -> int:
    select = "SELECT id FROM dataset WHERE experiment = ? AND name = ? AND digest = ?"
    identity = (experiment, dataset.name, dataset.digest)
    row = cx.one(select, identity)
    if row is None:
        cx.run(
            "INSERT INTO dataset (experiment, name, digest, source_type, source, schema, profile) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (experiment, name, digest) DO NOTHING",
            (*identity, dataset.source_type, dataset.source, dataset.schema, dataset.profile),
        )
        row = cx.one(select, identity)
        assert row is not None  # it was inserted, by us or by somebody else
    return int(row[0])


def _link_models(cx: Connection, run: RunRow, models: Sequence[tuple[str, int]], *, made: int) -> None:
    rows = []
    for model_id, step in models:
        number = find_model(cx, model_id)
        if number is None:
            raise no_model(model_id)
        rows.append((run.number, made, number, step))
    cx.insert(_MODELS, sorted(rows), "ON CONFLICT (run, made, model) DO UPDATE SET step = excluded.step")
