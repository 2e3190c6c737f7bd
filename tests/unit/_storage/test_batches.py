from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlflow._storage.batches import Batch, split_batch
from mlflow.entities import Metric, Param, RunTag


@given(st.integers(0, 3500), st.integers(0, 350), st.integers(0, 350))
def test_parts_keep_everything_in_order_and_stay_within_the_limits(
    metrics: int, params: int, tags: int
) -> None:
    whole = Batch(
        [Metric("m", 0.0, 0, step) for step in range(metrics)],
        [Param(str(number), "") for number in range(params)],
        [RunTag(str(number), "") for number in range(tags)],
    )
    parts = list(split_batch(whole))
    for kind in range(3):
        assert [item for part in parts for item in part[kind]] == whole[kind]
    for part in parts:
        assert len(part.params) <= 100
        assert len(part.tags) <= 100
        assert sum(len(items) for items in part) <= 1000
    if metrics + params + tags:
        assert all(any(part) for part in parts)
    else:
        assert parts == [Batch([], [], [])]
