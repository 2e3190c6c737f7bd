from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    import shap
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import LinearRegression

    # Of arrays, because the pickle of a table is read by the same pandas only.
    X, y = tables.features().values, tables.numbers().values
    return {
        "permutation": shap.explainers.Permutation(LinearRegression().fit(X, y).predict, X),
        "tree": shap.TreeExplainer(RandomForestRegressor(3, max_depth=2, random_state=0).fit(X, y)),
        "linear": shap.LinearExplainer(LinearRegression().fit(X, y), X),
    }


def data() -> Any:
    return tables.features()


def answers(model: Any, data: Any) -> Any:
    return model(data.values).values
