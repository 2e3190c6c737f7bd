"""Parameters in SQL."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from mlflow._storage.sql.connection import Columns, Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run
from mlflow._storage.validation import check_param
from mlflow.entities.param import Param
from mlflow.exceptions import InvalidParameterValue

_PARAMS = Columns(
    "param", run="bigint", key="bigint", experiment="bigint", value="text", number="double precision"
)


_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


def number_of(text: str) -> float | None:
    """The finite number that a text reads as, if it does."""
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def write_params(cx: Connection, engine: Engine, run: RunRow, run_id: str, params: Sequence[Param]) -> None:
    """Writes parameters of a run, whose row the caller holds."""
    numbers = engine.keys.numbers(cx, [param.key for param in params])
    marks = ", ".join("?" * len(numbers))
    stored = {
        row[0]: row[1]
        for row in cx.all(
            f"SELECT key, value FROM param WHERE run = ? AND key IN ({marks})",
            (run.number, *numbers.values()),
        )
    }
    rows = []
    for param in params:
        number = numbers[param.key]
        old = stored.get(number)
        if old is None:
            rows.append((run.number, number, run.experiment, param.value, number_of(param.value)))
        elif old != param.value:
            raise InvalidParameterValue(
                f"Changing param values is not allowed. Param with key='{param.key}' was already logged with "
                f"value='{old}' for run ID='{run_id}'. Attempted logging new value '{param.value}'."
            )
    cx.insert(_PARAMS, sorted(rows))


class SqlParams:
    """Parameters in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def log(self, run_id: str, param: Param) -> None:
        checked = check_param(param)
        engine = self._engine

        def work(cx: Connection) -> None:
            run = lock_active_run(cx, engine.dialect, run_id)
            write_params(cx, engine, run, run_id, (checked,))
            forget_document(cx, run.number)

        engine.write(work, run_id)
