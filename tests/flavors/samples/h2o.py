from __future__ import annotations

from functools import cache
from typing import Any

from tests.flavors.samples import tables


@cache
def _start() -> None:
    import h2o

    h2o.init(bind_to_localhost=True, verbose=False, nthreads=1, max_mem_size="1G")
    h2o.no_progress()


def models() -> dict[str, Any]:
    import h2o
    from h2o.estimators import H2OGradientBoostingEstimator, H2OKMeansEstimator

    _start()
    table = h2o.H2OFrame(tables.features().assign(y=tables.numbers()))
    boosted = H2OGradientBoostingEstimator(ntrees=3, min_rows=1, seed=1)
    boosted.train(["a", "b"], "y", table)
    clusters = H2OKMeansEstimator(k=2, seed=1)
    clusters.train(["a", "b"], training_frame=table)
    return {"boosted": boosted, "clusters": clusters}


def data() -> Any:
    return tables.features()


def answers(model: Any, data: Any) -> Any:
    import h2o

    return model.predict(h2o.H2OFrame(data)).as_data_frame()
