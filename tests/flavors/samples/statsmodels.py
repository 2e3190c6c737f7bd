from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    import statsmodels.api as sm

    # Of arrays, because the pickle of a table is read by the same pandas only.
    X, y = tables.features().values, tables.numbers().values
    return {"ols": sm.OLS(y, X).fit(), "glm": sm.GLM(y, X).fit()}


def data() -> Any:
    return tables.features()


def answers(model: Any, data: Any) -> Any:
    return model.predict(data)
