from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LinearRegression

    X = tables.features()
    return {
        "linear": LinearRegression().fit(X, tables.numbers()),
        "forest": RandomForestClassifier(3, random_state=0).fit(X, tables.classes()),
    }


def data() -> Any:
    return tables.features()


def answers(model: Any, data: Any) -> Any:
    return model.predict(data)
