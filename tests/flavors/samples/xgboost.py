from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    import xgboost

    X = tables.features()
    settings = {"n_estimators": 3, "max_depth": 2}
    matrix = xgboost.DMatrix(X, label=tables.numbers())
    return {
        "classifier": xgboost.XGBClassifier(**settings).fit(X, tables.classes()),
        "regressor": xgboost.XGBRegressor(**settings).fit(X, tables.numbers()),
        "booster": xgboost.train({"max_depth": 2}, matrix, num_boost_round=3),
    }


def data() -> Any:
    return tables.features()


def answers(model: Any, data: Any) -> Any:
    import xgboost

    return model.predict(xgboost.DMatrix(data) if isinstance(model, xgboost.Booster) else data)
