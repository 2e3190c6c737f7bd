"""Tables: values as columns, for those who want many of a few things instead of all of some runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mlflow.entities.view_type import ViewType

Cell = float | int | str | None
"""A metric is a number (NaN and infinities as such), a parameter and a tag a text; `None` is missing."""


class RunSet(NamedTuple):
    """The runs that something is about.

    Attributes:
        experiment_ids: Experiments to look in; may be empty where `run_ids` is given.
        filter_string: In the search language.
        view_type: A number of `ViewType`.
        since: Earliest start, in milliseconds since the epoch.
        run_ids: Only these runs; unknown ids are left out.
    """

    experiment_ids: Sequence[str] = ()
    filter_string: str = ""
    view_type: int = ViewType.ACTIVE_ONLY
    since: int | None = None
    run_ids: Sequence[str] | None = None


class ChildValues(NamedTuple):
    """A metric of the children of each row of a table; `None` where no child has a number.

    Attributes:
        min: Least value.
        max: Greatest value.
        mean: Mean.
        known: Children that have a number.
    """

    min: list[Cell]
    max: list[Cell]
    mean: list[Cell]
    known: list[int]


@dataclass(frozen=True)
class RunRows:
    """Rows of a table of runs, as columns of equal length.

    Attributes:
        run_ids: Ids.
        experiment_ids: Experiments.
        names: Names.
        statuses: Names of states.
        starts: Milliseconds since the epoch.
        ends: Milliseconds since the epoch, or `None`.
        children: In a tree, how many children a run has, by name of state.
        context: In a tree, whether a run is there only because some run below it matches.
        cells: Values of each column that was asked for, by its text.
        child_cells: In a tree, what the matching children have of each metric that was asked for.
    """

    run_ids: list[str] = field(default_factory=list)
    experiment_ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int | None] = field(default_factory=list)
    children: list[dict[str, int]] = field(default_factory=list)
    context: list[bool] = field(default_factory=list)
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    child_cells: dict[str, ChildValues] = field(default_factory=dict)


class GroupValues(NamedTuple):
    """A metric of the runs of each group; infinities and NaN are left out.

    Attributes:
        known: Runs that have a number.
        mean: Mean, `None` where no run has a number.
        sd: Standard deviation of a sample, `None` below two numbers.
        min: Least value.
        max: Greatest value.
    """

    known: list[int]
    mean: list[float | None]
    sd: list[float | None]
    min: list[float | None]
    max: list[float | None]


@dataclass(frozen=True)
class RunGroups:
    """Groups of runs with equal values, as columns of equal length.

    Attributes:
        values: Value of each grouped column, by its text; `None` is the group of runs that lack it.
        runs: Runs in each group.
        metrics: What the runs have of each metric that was asked for.
    """

    values: dict[str, list[Cell]]
    runs: list[int]
    metrics: dict[str, GroupValues]


@dataclass(frozen=True)
class RunTable:
    """A page of a table of runs.

    Attributes:
        rows: The runs; none if they are grouped.
        groups: The groups, if runs are grouped.
        pinned: Rows that were asked for by id, whatever the filter.
        total: How many rows or groups there are on all pages; `None` on later pages.
        is_total_exact: Whether there may be more.
        has_tree: Whether any run of the experiments has a parent.
        cursor: Token of the next page.
    """

    rows: RunRows
    groups: RunGroups | None = None
    pinned: RunRows | None = None
    total: int | None = None
    is_total_exact: bool = True
    has_tree: bool = False
    cursor: str | None = None


class KeyFacts(NamedTuple):
    """What is known of a key in some experiments, runs in the trash included.

    Attributes:
        kind: `metrics`, `params` or `tags`.
        key: Name.
        column: Text of the column, for `runs`.
        runs: Runs that have it, counted up to 1,000 in each experiment.
        distinct: Different values, counted up to 20; `None` for metrics.
        numeric: Whether the values read as numbers, as far as they were counted.
        min: Least number, or first text.
        max: Greatest number, or last text.
        varies: Whether runs differ in it; lacking it is a difference.
    """

    kind: str
    key: str
    column: str
    runs: int
    distinct: int | None
    numeric: bool
    min: Cell
    max: Cell
    varies: bool


class KeyList(NamedTuple):
    """Keys of some experiments.

    Attributes:
        keys: Facts, by kind and name.
        total: How many keys match, those that were left out included.
        defaults: Columns that tell the newest runs apart: at most 6 parameters that vary, at most 6 metrics that most
            of them have.
    """

    keys: list[KeyFacts]
    total: int
    defaults: list[str]


class ValueCount(NamedTuple):
    """A value, or the first 200 characters of several, and the runs that have it, counted up to 1,000."""

    value: str
    runs: int


@dataclass(frozen=True)
class RunComparison:
    """Everything that some runs have, as columns of one length, in the order in which the runs were asked for.

    Attributes:
        rows: The runs, without cells.
        missing: Ids that no run has.
        params: Values by key.
        metrics: Aggregates by key: values by name of the aggregate.
        tags: Values by key.
        varies: Keys in which the runs differ, by `params`, `metrics` (in any of the aggregates) and `tags`.
    """

    rows: RunRows
    missing: list[str]
    params: Mapping[str, list[Cell]]
    metrics: Mapping[str, Mapping[str, list[Cell]]]
    tags: Mapping[str, list[Cell]]
    varies: Mapping[str, list[str]]


class ExperimentRow(NamedTuple):
    """An experiment in a table.

    Attributes:
        experiment_id: Id.
        name: Name.
        lifecycle_stage: Stage.
        created: Milliseconds since the epoch.
        updated: Milliseconds since the epoch.
        last_run: Start of the newest active run, or `None`.
        runs: Active runs, counted up to 10,000.
        running: Those that are running.
        failed: Those that started in the last 7 days and failed.
        tags: Tags; values are cut at 250 characters.
    """

    experiment_id: str
    name: str
    lifecycle_stage: str
    created: int
    updated: int
    last_run: int | None
    runs: int
    running: int
    failed: int
    tags: dict[str, str]


@dataclass(frozen=True)
class ExperimentTable:
    """A page of experiments.

    Attributes:
        rows: The experiments.
        total: How many match on all pages; `None` on later pages.
        cursor: Token of the next page.
    """

    rows: list[ExperimentRow]
    total: int | None = None
    cursor: str | None = None


class LastDecision(NamedTuple):
    """The last event of the ledger about a registered model.

    Attributes:
        seq: Its number.
        timestamp: Milliseconds since the epoch.
        action: What was done.
        version: Number of the version, as text; empty for none.
        actor: Who did it; empty if unknown or erased.
        reason: Why.
    """

    seq: int
    timestamp: int
    action: str
    version: str
    actor: str
    reason: str


class RegisteredModelRow(NamedTuple):
    """A registered model in a table.

    Attributes:
        name: Name.
        lifecycle_stage: Stage.
        description: Description.
        created: Milliseconds since the epoch.
        updated: Milliseconds since the epoch.
        versions: How many versions it has.
        latest_version: The greatest number among them, as text; empty for none.
        production: Versions in `Production`.
        staging: Versions in `Staging`.
        aliases: Versions by alias.
        last_decision: The last event about it.
        tags: Tags; values are cut at 250 characters.
    """

    name: str
    lifecycle_stage: str
    description: str
    created: int
    updated: int
    versions: int
    latest_version: str
    production: list[str]
    staging: list[str]
    aliases: dict[str, str]
    last_decision: LastDecision | None
    tags: dict[str, str]


@dataclass(frozen=True)
class RegisteredModelTable:
    """A page of registered models.

    Attributes:
        rows: The models.
        seq: Number of the last event of the ledger that the page knows.
        total: How many match on all pages; `None` on later pages.
        cursor: Token of the next page.
    """

    rows: list[RegisteredModelRow]
    seq: int = 0
    total: int | None = None
    cursor: str | None = None
