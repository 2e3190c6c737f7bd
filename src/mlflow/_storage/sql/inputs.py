"""What runs read and make, in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.sql.connection import Columns, Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.logged_model_rows import find_models, no_model
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run
from mlflow._storage.validation import check_dataset_inputs, check_experiment_id, check_step
from mlflow.entities.dataset import Dataset, _DatasetSummary
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.exceptions import InvalidParameterValue

CONTEXT = "mlflow.data.context"
MAX_EXPERIMENTS = 20
MAX_SUMMARIES = 1000
_MODELS = Columns("run_model", run="bigint", made="smallint", model="bigint", step="bigint")
_LINKS = Columns("run_dataset", run="bigint", dataset="bigint", experiment="bigint", context="text")
_DATASETS = Columns(
    "dataset",
    experiment="bigint",
    name="text",
    digest="text",
    source_type="text",
    source="text",
    schema="text",
    profile="text",
)
_CHUNK = 500
_Identity = tuple[str, str]
"""Name and digest."""
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
            _link_datasets(cx, run, datasets)
            _link_models(cx, run, [(model.model_id, 0) for model in models], made=0)
            forget_document(cx, run.number)

        self._engine.write(work, run_id)

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        for i, model in enumerate(models):
            check_step(model.step, f"models[{i}].step")

        def work(cx: Connection) -> None:
            run = lock_active_run(cx, self._engine.dialect, run_id)
            _link_models(cx, run, [(model.model_id, model.step) for model in models], made=1)
            forget_document(cx, run.number)

        self._engine.write(work, run_id)

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


def _link_datasets(cx: Connection, run: RunRow, datasets: Sequence[DatasetInput]) -> None:
    first: dict[_Identity, DatasetInput] = {}
    for dataset_input in datasets:
        first.setdefault((dataset_input.dataset.name, dataset_input.dataset.digest), dataset_input)
    numbers = _dataset_numbers(cx, run.experiment, [item.dataset for item in first.values()])
    linked = {row[0] for row in cx.all("SELECT dataset FROM run_dataset WHERE run = ?", (run.number,))}
    links: list[tuple[object, ...]] = []
    tags: list[tuple[object, ...]] = []
    for identity, dataset_input in first.items():
        number = numbers[identity]
        if number not in linked:
            values = {tag.key: tag.value for tag in dataset_input.tags}
            links.append((run.number, number, run.experiment, values.get(CONTEXT)))
            tags += [(run.number, number, key, value) for key, value in values.items()]
    cx.insert(_LINKS, links)
    cx.insert(_TAGS, tags)


def _dataset_numbers(cx: Connection, experiment: int, datasets: Sequence[Dataset]) -> dict[_Identity, int]:
    """Numbers of datasets, stored where they are new; no identity twice."""
    found = _stored_datasets(cx, experiment, datasets)
    absent = [dataset for dataset in datasets if (dataset.name, dataset.digest) not in found]
    if absent:
        cx.insert(
            _DATASETS,
            [
                (experiment, item.name, item.digest, item.source_type, item.source, item.schema, item.profile)
                for item in absent
            ],
            "ON CONFLICT (experiment, name, digest) DO NOTHING",
        )
        found |= _stored_datasets(cx, experiment, absent)
    return found


def _stored_datasets(cx: Connection, experiment: int, datasets: Sequence[Dataset]) -> dict[_Identity, int]:
    names = sorted({dataset.name for dataset in datasets})
    found: dict[_Identity, int] = {}
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        found.update(
            ((name, digest), number)
            for number, name, digest in cx.all(
                f"SELECT id, name, digest FROM dataset WHERE experiment = ? AND name IN ({marks})",
                (experiment, *chunk),
            )
        )
    return found


def move_datasets(cx: Connection, run: int, experiment: int) -> None:
    """Links a run to datasets of another experiment that are equal to those that it is linked to."""
    rows = cx.all(
        "SELECT d.id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile "
        "FROM run_dataset rd JOIN dataset d ON d.id = rd.dataset WHERE rd.run = ?",
        (run,),
    )
    numbers = _dataset_numbers(cx, experiment, [Dataset(*row[1:]) for row in rows])
    for before, name, digest, *_ in rows:
        number = numbers[name, digest]
        cx.run(
            "UPDATE run_dataset SET dataset = ?, experiment = ? WHERE run = ? AND dataset = ?",
            (number, experiment, run, before),
        )
        cx.run("UPDATE run_dataset_tag SET dataset = ? WHERE run = ? AND dataset = ?", (number, run, before))


def _link_models(cx: Connection, run: RunRow, models: Sequence[tuple[str, int]], *, made: int) -> None:
    steps = dict(models)
    numbers = find_models(cx, steps)
    for model_id in steps:
        if model_id not in numbers:
            raise no_model(model_id)
    cx.insert(
        _MODELS,
        sorted((run.number, made, numbers[model_id], step) for model_id, step in steps.items()),
        "ON CONFLICT (run, made, model) DO UPDATE SET step = excluded.step",
    )
