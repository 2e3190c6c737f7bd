from __future__ import annotations

from typing import Any

from tests.flavors.samples import sklearn, tables


def models() -> dict[str, Any]:
    import lightgbm

    X = tables.features()
    settings: dict[str, Any] = {"n_estimators": 3, "min_child_samples": 1, "verbose": -1, "n_jobs": 1}
    classifier = lightgbm.LGBMClassifier(**settings).fit(X, tables.classes())
    regressor = lightgbm.LGBMRegressor(**settings).fit(X, tables.numbers())
    return {
        "classifier": classifier,
        "regressor": regressor,
        "classifier-pickled": classifier,
        "regressor-pickled": regressor,
        "booster": lightgbm.train(
            {"objective": "regression", "min_data_in_leaf": 1, "verbose": -1, "num_threads": 1},
            lightgbm.Dataset(X, label=tables.numbers()),
            num_boost_round=3,
        ),
    }


arguments = sklearn.arguments


def data() -> Any:
    return tables.features()


def answers(model: Any, data: Any) -> Any:
    return model.predict(data)
