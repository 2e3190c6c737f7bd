"""Which index drives a search for runs.

The planners of both engines misjudge tables of keys and values, so that the choice is made here, by counting. What a
filter demands of a key is counted on the index of its values, up to `FEW`. If some demand has fewer runs than that,
these are looked at and sorted. Otherwise the index of the order is walked until the page is full, and what the filter
says is probed by primary key for each run on the way.

An order by a value walks the index of that value: it holds no ties, which are decided by the columns that follow, so
that the group of equal values in which a page ends is read as a whole; if that group is large too, its runs are found
by walking the start times. Then come the runs whose value is NaN, and those that lack the key.

Pages begin after a position in the order, so that page a hundred costs what page one does.

An order by another aggregate has no index of its own: it reads all entries of the key in the index of last values, which
holds what aggregates are made of, and looks at the runs of those entries that can be on the page.

What stays slow is a filter that hardly any run meets although each of its demands is met by many, or whose demand no
index answers (a pattern, an alternative): all runs of the experiment are probed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.search import (
    INDEXED_LENGTH,
    TRUE,
    Column,
    Sql,
    any_of,
    count_rows,
    join_with,
    ordering,
    select,
)
from mlflow._storage.sql.tokens import make_token, read_token

FEW = 1_000
"""From so many runs on, walking an order is better than sorting what a filter finds."""
_MOST_WALKS = 20
"""Experiments whose indexes are walked side by side; more of them are sorted together."""
_REVERSED = str.maketrans("<>", "><")


class Demand(NamedTuple):
    """Something that every run of a search meets, and that an index answers.

    Attributes:
        runs: FROM and WHERE of a select whose rows are the runs that meet it, some perhaps more than once or in vain.
        number: SQL of a run's number in that select.
    """

    runs: Sql
    number: str = "x.run"


class Lead(NamedTuple):
    """What an order begins with, if it is a value that an index holds.

    Attributes:
        table: Table of the value; its alias is `x`.
        key: Number of the key.
        descending: Direction.
        has_nan: Whether values may be NaN, so that a column with the rank comes before that of the value.
        aggregate: SQL of the value, if it is made of what the index holds in the order of another one.
    """

    table: str
    key: int
    descending: bool
    has_nan: bool
    aggregate: str = ""

    @property
    def value(self) -> str:
        """SQL of the value."""
        return self.aggregate or "x.value"

    @property
    def indexed(self) -> str:
        """SQL of what the index holds of a value."""
        return self.value if self.has_nan else f"substr(x.value, 1, {INDEXED_LENGTH})"

    @property
    def beyond(self) -> str:
        """The comparison of a value with one that comes before it."""
        return "<" if self.descending else ">"

    @property
    def direction(self) -> str:
        """As ORDER BY names it."""
        return "DESC" if self.descending else "ASC"

    @property
    def width(self) -> int:
        """Columns of the order that it stands for."""
        return 2 if self.has_nan else 1


class RunQuery:
    """A search for runs that is ready to be run, page by page.

    Args:
        engine: The database.
        experiments: Numbers of experiments.
        conditions: What holds for every run `r`, the experiments left out.
        demands: What can drive the search instead of its order.
        order: Columns, ending with the start time and the number unless they come earlier.
        lead: What the order begins with, if an index holds it.
        search: What its page tokens are recognised by.
    """

    def __init__(
        self,
        engine: Engine,
        experiments: Sequence[int],
        conditions: Sequence[Sql],
        demands: Sequence[Demand],
        order: Sequence[Column],
        lead: Lead | None,
        search: str,
    ) -> None:
        self._engine = engine
        self._dialect = engine.dialect
        self._experiments = experiments
        self.where = join_with("AND", conditions or [TRUE])
        self._demands = demands
        self._order = list(order)
        self._lead = lead
        self._search = search
        self._counted: tuple[Sql | None] | None = None
        # Runs lie about as they started, so that this index finds neighbours one after the other.
        self._all = Sql(f"run r{engine.dialect.along('run_by_start')}")

    def page(self, cx: Connection, max_results: int, page_token: str | None) -> tuple[list[int], str | None]:
        """Numbers of the runs of one page, in order, and the token of the next."""
        start = read_token(page_token, self._search, len(self._order), self._engine.token_key)
        rows = self._rows(cx, max_results + 1, start) if self._experiments else []
        token = None
        if len(rows) > max_results:
            rows = rows[:max_results]
            token = make_token(rows[-1][1:], self._search, self._engine.token_key)
        return [row[0] for row in rows], token

    def count(
        self, cx: Connection, limit: int | None = None, looked_at: int | None = None
    ) -> tuple[int, bool]:
        """How many runs there are, and whether that are all.

        Args:
            cx: Connection.
            limit: How far they are counted.
            looked_at: How many runs of an experiment are looked at, the newest ones, if no demand tells where to look.
        """
        source, where = self.found(cx)
        if looked_at is not None and source is self._all and len(self._experiments) == 1:
            earliest = cx.one(
                "SELECT start_ms FROM run WHERE experiment = ? ORDER BY start_ms DESC LIMIT 1 OFFSET ?",
                (self._experiments[0], looked_at),
            )
            if earliest is not None:
                count, _ = count_rows(cx, source, [*where, Sql("r.start_ms > ?", earliest)], limit)
                return count, False
        return count_rows(cx, source, where, limit)

    def matching(self, cx: Connection, columns: str = "r.id") -> Sql:
        """A select of columns of all matching runs, in no order."""
        return select(Sql(columns), *self.found(cx))

    def found(self, cx: Connection) -> tuple[Sql, list[Sql]]:
        """Source and conditions of all matching runs `r`."""
        few = self._few(cx)
        return (few, [self.where]) if few is not None else (self._all, [self.within("r"), self.where])

    def within(self, alias: str) -> Sql:
        """Condition: a row belongs to one of the experiments."""
        return any_of(self._dialect, f"{alias}.experiment", self._experiments)

    def _rows(self, cx: Connection, wanted: int, start: list[Any] | None) -> list[Row]:
        walkable = len(self._experiments) <= _MOST_WALKS
        by_start = self._lead is None and walkable and _is_start(self._order)
        few = self._few(cx)
        if few is not None:
            return self._sorted(cx, few, [], start, wanted)
        if by_start:
            return self._walk(cx, self._order, [], start, wanted)
        if self._lead is not None and walkable:
            return self._by_value(cx, self._lead, wanted, start)
        return self._sorted(cx, self._all, [self.within("r")], start, wanted)

    def _few(self, cx: Connection) -> Sql | None:
        """The runs of the rarest demand as a source of rows `r`, if they are few."""
        if not self._demands:
            return None
        if self._counted is not None:
            return self._counted[0]
        counts = [
            Sql(
                f"(SELECT count(*) FROM (SELECT 1 {demand.runs.text} LIMIT {FEW}) c{i})",
                demand.runs.parameters,
            )
            for i, demand in enumerate(self._demands)
        ]
        row = cx.one(
            f"SELECT {', '.join(count.text for count in counts)}",
            [value for count in counts for value in count.parameters],
        )
        assert row is not None  # counts are one row
        fewest, demand = min(zip(row, self._demands, strict=True), key=lambda pair: pair[0])
        self._counted = (None,)
        if fewest >= FEW:
            return None
        run = self._dialect.in_turn("run", "r", "r.id = found.id")
        source = f"(SELECT DISTINCT {demand.number} AS id {demand.runs.text}) found {run}"
        self._counted = (Sql(source, demand.runs.parameters),)
        return self._counted[0]

    def _sorted(
        self, cx: Connection, source: Sql, where: Sequence[Sql], start: Sequence[Any] | None, wanted: int
    ) -> list[Row]:
        """Rows of a source, sorted."""
        outputs = [Sql(column.expression) for column in self._order]
        return self._run(cx, source, [*where, self.where], outputs, self._order, start, wanted)

    def _walk(
        self,
        cx: Connection,
        order: Sequence[Column],
        outputs: Sequence[Sql],
        start: Sequence[Any] | None,
        wanted: int,
        *,
        where: Sequence[Sql] = (),
    ) -> list[Row]:
        """Rows by start time, found by walking its index.

        Args:
            cx: Connection.
            order: Columns, of the start time and the number.
            outputs: What comes before them in a position.
            start: Position in `order` after which the rows come.
            wanted: Most rows.
            where: More conditions.
        """
        columns = [*outputs, *(Sql(column.expression) for column in order)]
        forwards = "<=" if order[0].descending else ">="

        def part(experiment: int) -> Sql:
            inside = [Sql("r.experiment = ?", (experiment,))]
            if start is not None:  # the engines do not see that the position bounds the first column
                inside.append(Sql(f"r.start_ms {forwards} ?", (start[0],)))
            return self._statement(Sql("run r"), [*inside, *where, self.where], columns, order, start, wanted)

        return self._side_by_side(cx, part, len(outputs), order, wanted)

    def _by_value(self, cx: Connection, lead: Lead, wanted: int, start: Sequence[Any] | None) -> list[Row]:
        """Rows in the order of a value, from the index of the value."""
        rank, value, rest = _position(lead, start)
        rows: list[Row] = []
        if rank == 0:
            before = None
            if start is not None:
                before = value if lead.has_nan else value[:INDEXED_LENGTH]
                rows += self._equal(cx, lead, before, start, wanted)
            if len(rows) < wanted:
                read = self._best if lead.aggregate else self._stream
                rows += read(cx, lead, before, wanted - len(rows))
        if lead.has_nan and rank <= 1 and len(rows) < wanted:
            rows += self._nan(cx, lead, rest if rank == 1 else None, wanted - len(rows))
        if len(rows) < wanted:
            rows += self._missing(cx, lead, rest if rank == 2 else None, wanted - len(rows))
        return rows

    def _best(self, cx: Connection, lead: Lead, before: Any, wanted: int) -> list[Row]:
        """Rows whose value comes after another one, from an index that has it beside the last value it is sorted by.

        The best entries are looked for in the index alone: those with the best last values say how good an entry must
        be at least. If not enough of their runs are wanted, the runs of all others are looked at.
        """
        most = 2 * wanted
        where = [self.within("x"), Sql("x.key = ?", (lead.key,))]
        if before is not None:
            where.append(Sql(f"{lead.value} {lead.beyond} ?", (before,)))
        entries = Sql(f"metric x{self._dialect.along('metric_by_value')}")
        some = select(Sql(f"{lead.value} AS best"), entries, [*where, Sql(f"{lead.value} IS NOT NULL")])
        worst = "min" if lead.descending else "max"
        bound = Sql(
            f"{lead.value} {lead.beyond.translate(_REVERSED)}= "
            f"(SELECT {worst}(best) FROM ({some.text} ORDER BY x.value {lead.direction} LIMIT {most}) sample)",
            some.parameters,
        )
        found = select(Sql(f"x.run, {lead.value} AS best"), entries, [*where, bound])
        best = cx.all(f"{found.text} ORDER BY best {lead.direction} LIMIT {most}", found.parameters)
        last = best[-1][1] if len(best) == most else None
        runs = [run for run, value in best if value != last]
        order = [Column(lead.value, lead.descending, nullable=False), *self._order[lead.width :]]
        outputs = self._value_outputs(lead)
        run = self._dialect.in_turn("run", "r", "r.id = x.run")
        rows: list[Row] = []
        if runs:
            among = [any_of(self._dialect, "x.run", runs), Sql("x.key = ?", (lead.key,)), self.where]
            rows += self._run(cx, Sql(f"metric x {run}"), among, outputs, order, None, wanted)
        if last is not None and len(rows) < wanted:
            rows += self._equal(cx, lead, last, None, wanted - len(rows))
        if last is not None and len(rows) < wanted:
            rest = [*where, Sql(f"{lead.value} {lead.beyond} ?", (last,)), self.where]
            source = Sql(f"{entries.text} {run}")
            rows += self._run(cx, source, rest, outputs, order, None, wanted - len(rows))
        return rows

    def _stream(self, cx: Connection, lead: Lead, before: Any, wanted: int) -> list[Row]:
        """Rows whose value comes after another one, from the index of the values."""
        bounds = [Sql("x.key = ?", (lead.key,)), Sql("x.value IS NOT NULL")]
        if before is not None:
            bounds.append(Sql(f"{lead.indexed} {lead.beyond} ?", (before,)))
        run = self._dialect.in_turn("run", "r", "r.id = x.run")
        outputs = self._value_outputs(lead)

        def part(experiment: int) -> Sql:
            where = [Sql("x.experiment = ?", (experiment,)), *bounds, self.where]
            return self._statement(
                Sql(f"{lead.table} x {run}"), where, outputs, [], None, wanted + 1,
                tail=f" ORDER BY {lead.indexed} {lead.direction} LIMIT {wanted + 1}",
            )  # fmt: skip

        rows = self._side_by_side(cx, part, 0, self._order, wanted + 1)
        if len(rows) <= wanted:
            return rows
        last = _indexed(lead, rows[-1])
        if _indexed(lead, rows[-2]) != last:
            return rows[:-1]
        whole = [
            row for row in rows if _indexed(lead, row) != last
        ]  # the others may not be the first of their group
        return whole + self._equal(cx, lead, last, None, wanted - len(whole))

    def _equal(
        self, cx: Connection, lead: Lead, value: Any, start: Sequence[Any] | None, wanted: int
    ) -> list[Row]:
        """Rows with one value, or texts with one beginning, those after a position."""
        outputs = self._value_outputs(lead)
        is_whole = lead.has_nan or len(value) < INDEXED_LENGTH  # no longer text begins like this
        own = [] if is_whole else [Column("x.value", lead.descending, nullable=False)]
        order = [*own, *self._order[lead.width :]]
        after_this = None if start is None else start[lead.width :] if is_whole else start
        constants = [Sql("0")] if lead.has_nan else []
        shown = Sql("CAST(? AS DOUBLE PRECISION)" if lead.has_nan else "CAST(? AS TEXT)", (value,))
        return self._group(
            cx, lead, Sql(f"{lead.indexed} = ?", (value,)), outputs, [*constants, shown], order, after_this, wanted,
            can_walk=is_whole,
        )  # fmt: skip

    def _nan(self, cx: Connection, lead: Lead, start: Sequence[Any] | None, wanted: int) -> list[Row]:
        constants = [Sql("1"), Sql("CAST(NULL AS DOUBLE PRECISION)")]
        order = self._order[lead.width :]
        outputs = [*constants, *(Sql(column.expression) for column in order)]
        return self._group(
            cx, lead, Sql(f"{lead.value} IS NULL"), outputs, constants, order, start, wanted, can_walk=True
        )

    def _group(
        self,
        cx: Connection,
        lead: Lead,
        condition: Sql,
        outputs: Sequence[Sql],
        constants: Sequence[Sql],
        order: Sequence[Column],
        start: Sequence[Any] | None,
        wanted: int,
        *,
        can_walk: bool,
    ) -> list[Row]:
        """Rows that share what the order begins with: sorted if they are few, else found by their start."""
        where = [self.within("x"), Sql("x.key = ?", (lead.key,)), condition]
        if can_walk and _is_start(order):
            some = select(Sql("1"), Sql(f"{lead.table} x"), where, limit=FEW)
            row = cx.one(f"SELECT count(*) FROM ({some.text}) counted", some.parameters)
            assert row is not None  # a count is one row
            if row[0] >= FEW:
                return self._walk(cx, order, constants, start, wanted, where=[self._has(lead, condition)])
        run = self._dialect.in_turn("run", "r", "r.id = x.run")
        source = Sql(f"{lead.table} x {run}")
        return self._run(cx, source, [*where, self.where], outputs, order, start, wanted)

    def _missing(self, cx: Connection, lead: Lead, start: Sequence[Any] | None, wanted: int) -> list[Row]:
        """Rows that lack the key."""
        order = self._order[lead.width :]
        kind = "DOUBLE PRECISION" if lead.has_nan else "TEXT"
        constants = [*([Sql("2")] if lead.has_nan else []), Sql(f"CAST(NULL AS {kind})")]
        has = self._has(lead, TRUE)
        where = [Sql(f"NOT {has.text}", has.parameters)]
        if _is_start(order):
            return self._walk(cx, order, constants, start, wanted, where=where)
        outputs = [*constants, *(Sql(column.expression) for column in order)]
        return self._run(cx, self._all, [self.within("r"), *where, self.where], outputs, order, start, wanted)

    def _has(self, lead: Lead, condition: Sql) -> Sql:
        """Condition: a run has the key with a value that meets a condition on `x`."""
        return Sql(
            f"EXISTS (SELECT 1 FROM {lead.table} x WHERE x.run = r.id AND x.key = ? AND ({condition.text})"
            f"{self._dialect.fence})",
            (lead.key, *condition.parameters),
        )

    def _value_outputs(self, lead: Lead) -> list[Sql]:
        own = [Sql("0"), Sql(lead.value)] if lead.has_nan else [Sql(lead.value)]
        return [*own, *(Sql(column.expression) for column in self._order[lead.width :])]

    def _run(
        self,
        cx: Connection,
        source: Sql,
        where: Sequence[Sql],
        outputs: Sequence[Sql],
        order: Sequence[Column],
        start: Sequence[Any] | None,
        wanted: int,
    ) -> list[Row]:
        statement = self._statement(source, where, outputs, order, start, wanted)
        return cx.all(statement.text, statement.parameters)

    def _statement(
        self,
        source: Sql,
        where: Sequence[Sql],
        outputs: Sequence[Sql],
        order: Sequence[Column],
        start: Sequence[Any] | None,
        wanted: int,
        tail: str = "",
    ) -> Sql:
        """A select of the number and the position of runs."""
        needed = order or self._order
        joins = [column.join for column in needed if column.join is not None and _uses(outputs, column)]
        whole = Sql(
            " ".join([source.text, *(join.text for join in joins)]),
            (*source.parameters, *(value for join in joins for value in join.parameters)),
        )
        columns = ", ".join(["r.id", *(f"{output.text} AS o{i}" for i, output in enumerate(outputs))])
        chosen = Sql(columns, tuple(value for output in outputs for value in output.parameters))
        found = select(chosen, whole, where, order, start, wanted if order else None)
        return Sql(found.text + tail, found.parameters)

    def _side_by_side(
        self,
        cx: Connection,
        part: Callable[[int], Sql],
        constants: int,
        order: Sequence[Column],
        wanted: int,
    ) -> list[Row]:
        """Rows of a select for each experiment, put together in order.

        Args:
            cx: Connection.
            part: The select for an experiment, in an order of its own.
            constants: Columns of the position before those of `order`.
            order: The order that is wanted.
            wanted: Most rows.
        """
        parts = [part(experiment) for experiment in self._experiments]
        union = " UNION ALL ".join(f"SELECT * FROM ({each.text}) part" for each in parts)
        parameters = [value for each in parts for value in each.parameters]
        return cx.all(f"{union} ORDER BY {ordering(order, constants)} LIMIT {wanted}", parameters)


def _is_start(order: Sequence[Column]) -> bool:
    """Whether an order is that of the index of start times, in either direction."""
    return order[0].expression == "r.start_ms" and order[-1].expression == "r.id" and len(order) == 2


def _uses(outputs: Sequence[Sql], column: Column) -> bool:
    return any(output.text == column.expression for output in outputs)


def _position(lead: Lead, start: Sequence[Any] | None) -> tuple[int, Any, Sequence[Any]]:
    """Rank, value and rest of a position: 0 for values, 1 for NaN, 2 for what lacks the key."""
    if start is None:
        return 0, None, ()
    if lead.has_nan:
        return int(start[0]), start[1], start[2:]
    return (2 if start[0] is None else 0), start[0], start[1:]


def _indexed(lead: Lead, row: Row) -> Any:
    """What the index holds of a row's value."""
    value = row[lead.width]
    return value if lead.has_nan else value[:INDEXED_LENGTH]
