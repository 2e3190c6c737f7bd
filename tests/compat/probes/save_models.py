"""Saves scikit-learn models, in every format that takes them, into the folder given as first argument.

Run by `test_models_peer.py` with the original and with ours; it uses public names only.
"""

import logging
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

import mlflow.pyfunc
import mlflow.sklearn

FRAME = pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0)[::-1] ** 2})
TARGET = np.array([0, 1] * 10)
MODELS = {
    "linear": LinearRegression(),
    "logistic": LogisticRegression(max_iter=1000),
    "svc": SVC(),
    "neighbours": KNeighborsClassifier(3),
    "tree": DecisionTreeClassifier(random_state=0),
    "forest": RandomForestClassifier(5, random_state=0),
    "forest_regressor": RandomForestRegressor(5, random_state=0),
    "boosting": GradientBoostingRegressor(n_estimators=5, random_state=0),
    "pipeline": make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)),
    "function": make_pipeline(FunctionTransformer(lambda X: X * 2), LogisticRegression(max_iter=1000)),
    "search": GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 3]}, cv=2),
}
FORMATS = ("default", "skops", "cloudpickle", "pickle")


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    folder = Path(sys.argv[1])
    for name, model in MODELS.items():
        model.fit(FRAME, TARGET)
        for form in FORMATS if name in ("logistic", "forest") else ("default", "cloudpickle"):
            target = folder / f"{name}-{form}"
            try:
                mlflow.sklearn.save_model(
                    model,
                    target,
                    serialization_format=None if form == "default" else form,
                    input_example=FRAME.head(3),
                    # Inferring them takes the original seconds for each model; one is enough to compare.
                    pip_requirements=None if target.name == "logistic-default" else ["scikit-learn"],
                )
            except Exception as error:  # noqa: BLE001 - what cannot be saved here is told, not hidden
                print(f"{target.name}: {type(error).__name__}", file=sys.stderr)
    mlflow.pyfunc.save_model(
        folder / "python_function",
        python_model=lambda model_input: model_input["a"] * 2,
        pip_requirements=["pandas"],
    )


if __name__ == "__main__":
    main()
