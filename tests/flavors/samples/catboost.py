from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    import catboost

    X = tables.features()
    settings = {"iterations": 3, "depth": 2, "verbose": False, "allow_writing_files": False}
    return {
        "classifier": catboost.CatBoostClassifier(**settings).fit(X, tables.classes()),
        "regressor": catboost.CatBoostRegressor(**settings).fit(X, tables.numbers()),
        "base": catboost.CatBoost({**settings, "loss_function": "RMSE"}).fit(X, tables.numbers()),
    }


def data() -> Any:
    return tables.features()


def answers(model: Any, data: Any) -> Any:
    return model.predict(data)
