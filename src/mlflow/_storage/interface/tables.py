"""Contract: tables, which answer with columns instead of entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mlflow.entities._tables import (
    ExperimentTable,
    KeyList,
    RegisteredModelTable,
    RunComparison,
    RunSet,
    RunTable,
    ValueCount,
)
from mlflow.entities.view_type import ViewType

MAX_TABLE_ROWS = 1_000
"""Most rows of one page."""
MAX_COLUMNS = 1_000
"""Most columns of a table."""
MAX_COMPARED_RUNS = 1_000
MAX_COMPARED_CELLS = 1_000_000
"""Most cells of a comparison."""
MAX_GROUPS = 10_000
"""Most groups of a grouped table."""
COUNTED = 1_000
"""How far runs that match a filter and roots of trees are counted; runs without a filter all are."""
LOOKED_AT = 10_000
"""Among how many of the newest runs those that match a filter are counted, where it takes a look at each of them."""
COUNTED_IN_EXPERIMENT = 10_000
"""How far runs are counted in a table of experiments."""
COUNTED_BY_KEY = 1_000
"""How far runs that have a key or a value are counted."""


class TableStore(Protocol):
    """Tables of runs and experiments: only the columns that are asked for, however many there are.

    A column is written as a key of the search language: `metrics.loss:min`, `params.lr`, `tags.team`, `user_id`,
    `datasets.name`. Cursors begin after a position, so that rows which come or go shift nothing.
    """

    def runs(
        self,
        runset: RunSet,
        columns: Sequence[str] = (),
        order_by: Sequence[str] = (),
        *,
        tree: bool = False,
        parent: str | None = None,
        group_by: Sequence[str] = (),
        pinned: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> RunTable:
        """A page of a table of runs.

        In a tree, roots are paged, ordered by their own value or, lacking it, by the best one of their children; a
        run that does not match stays where one below it does. Children of a run are a page of their own, asked for
        by `parent`. A parent in another experiment, or one that the view does not show, makes no child.

        Grouped, rows are groups of runs with equal values, ordered by the first of `order_by` if it is a grouped
        column or one of the metrics among `columns` (by mean), else by their number of runs.

        Args:
            runset: The runs.
            columns: Columns that are wanted, at most `MAX_COLUMNS`.
            order_by: Columns with optional `ASC` or `DESC`, as in a search.
            tree: Whether to list roots alone.
            parent: Id of a run whose children are listed; implies a tree.
            group_by: Columns of parameters, tags, datasets, or the attributes `status`, `user_id` and `run_name`.
            pinned: Ids of runs that are wanted in any case, at most `MAX_TABLE_ROWS`.
            limit: Page size, at most `MAX_TABLE_ROWS`.
            cursor: Token of the page before, of the same table.

        Raises:
            InvalidParameterValue: An argument is not valid, a column or filter does not parse, or there are more
                than `MAX_GROUPS` groups.
        """
        ...

    def keys(
        self, experiment_ids: Sequence[str], kind: str | None = None, query: str = "", limit: int = 200
    ) -> KeyList:
        """What runs of some experiments have logged.

        Args:
            experiment_ids: At most 50.
            kind: `metrics`, `params` or `tags`; `None` is all.
            query: What keys must contain, in any case of letters.
            limit: Most keys that facts are wanted of, at most `MAX_COLUMNS`.
        """
        ...

    def values(
        self, experiment_ids: Sequence[str], key: str, prefix: str = "", limit: int = 50
    ) -> list[ValueCount]:
        """Values of a parameter, a tag, `status` or `run_name` in some experiments, in the order of texts.

        Args:
            experiment_ids: At most 50.
            key: As in the search language.
            prefix: How values must begin.
            limit: Most values, at most `MAX_TABLE_ROWS`.

        Raises:
            InvalidParameterValue: The key does not parse, or has no list of values.
        """
        ...

    def compare(self, run_ids: Sequence[str], aggregates: Sequence[str] = ("last",)) -> RunComparison:
        """Everything that some runs have.

        Args:
            run_ids: At most `MAX_COMPARED_RUNS`.
            aggregates: Which aggregates of metrics are wanted.

        Raises:
            InvalidParameterValue: There are more than `MAX_COMPARED_CELLS` cells; ask for columns of a table instead.
        """
        ...

    def experiments(
        self,
        filter_string: str = "",
        name: str = "",
        view_type: int = ViewType.ACTIVE_ONLY,
        order_by: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> ExperimentTable:
        """A page of experiments with what goes on in them.

        Args:
            filter_string: In the search language.
            name: What names must contain, in any case of letters.
            view_type: A number of `ViewType`.
            order_by: As in a search, or `last_run`; the default is the newest run first.
            limit: Page size, at most `MAX_TABLE_ROWS`.
            cursor: Token of the page before, of the same table.
        """
        ...

    def registered_models(
        self,
        filter_string: str = "",
        name: str = "",
        view_type: int = ViewType.ACTIVE_ONLY,
        order_by: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> RegisteredModelTable:
        """A page of registered models with what was decided about them.

        Args:
            filter_string: In the search language.
            name: What names must contain, in any case of letters.
            view_type: A number of `ViewType`; deleted ones are those whose name may be used again.
            order_by: As in a search, or `last_decision`; the default is the name.
            limit: Page size, at most `MAX_TABLE_ROWS`.
            cursor: Token of the page before, of the same table.
        """
        ...
