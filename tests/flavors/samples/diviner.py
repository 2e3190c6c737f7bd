from __future__ import annotations

from typing import Any


def models() -> dict[str, Any]:
    import logging

    import diviner
    import pandas as pd
    import pmdarima

    logging.getLogger("cmdstanpy").disabled = True
    days = pd.date_range("2024-01-01", periods=40, freq="D")
    history = pd.concat(
        pd.DataFrame({"shop": shop, "ds": days, "y": [day % 7 + day / 10 * slope for day in range(40)]})
        for shop, slope in (("north", 1.0), ("south", 2.0))
    )
    # Without uncertainty, because its samples differ from one call to the next.
    trends = diviner.GroupedProphet(uncertainty_samples=0, yearly_seasonality=False, daily_seasonality=False)
    steps = diviner.GroupedPmdarima(pmdarima.ARIMA(order=(1, 0, 0)))
    return {"prophet": trends.fit(history, ["shop"]), "pmdarima": steps.fit(history, ["shop"], "y", "ds")}


def data() -> Any:
    import pandas as pd

    return pd.DataFrame({"n_periods": [3], "frequency": ["D"]})


def answers(model: Any, data: Any) -> Any:
    periods = int(data["n_periods"][0])
    if hasattr(model, "forecast"):
        return model.forecast(horizon=periods, frequency=data["frequency"][0])
    return model.predict(n_periods=periods)
