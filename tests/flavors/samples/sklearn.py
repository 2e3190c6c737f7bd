from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def models() -> dict[str, Any]:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LinearRegression

    X = tables.features()
    linear = LinearRegression().fit(X, tables.numbers())
    forest = RandomForestClassifier(3, random_state=0).fit(X, tables.classes())
    return {"linear": linear, "forest": forest, "linear-pickled": linear, "forest-pickled": forest}


def arguments(name: str) -> dict[str, Any]:
    """The form that every version of MLflow reads, where a model is asked to have it."""
    return {"serialization_format": "cloudpickle"} if name.endswith("-pickled") else {}


def data() -> Any:
    return tables.features()


def answers(model: Any, data: Any) -> Any:
    return model.predict(data)
