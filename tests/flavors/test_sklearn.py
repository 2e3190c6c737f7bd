from __future__ import annotations

import pickle
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import GradientBoostingRegressor, IsolationForest, RandomForestClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

import mlflow.pyfunc
import mlflow.sklearn
from mlflow._flavors.formats import TRUSTED_TYPES
from mlflow.exceptions import InvalidParameterValue, PermissionDenied
from mlflow.models.model import Model
from tests.flavors.contract import FlavorContract
from tests.flavors.plain import plain

DATA = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0] * 5, "b": [1.5, 2.5, 0.5, 4.5] * 5})
TARGET = [0, 0, 1, 1] * 5


class Doubled(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    def fit(self, X: Any, y: Any = None) -> Doubled:
        return self

    def transform(self, X: Any) -> Any:
        return X * 2


class TestSklearn(FlavorContract):
    name = "sklearn"

    @pytest.fixture(params=["skops", "cloudpickle"])
    def model(self, request: pytest.FixtureRequest) -> Any:
        """One model for each format that is chosen by default."""
        made = {"skops": LogisticRegression(), "cloudpickle": RandomForestClassifier(3, random_state=0)}
        return made[request.param].fit(DATA, TARGET)

    @pytest.fixture
    def data(self) -> pd.DataFrame:
        return DATA

    def predictions(self, model: Any, data: Any) -> Any:
        return plain(model.predict(data))

    def is_pickled(self, model: Any) -> bool:
        return isinstance(model, RandomForestClassifier)


def settings_of(folder: Path) -> dict[str, Any]:
    settings: dict[str, Any] = Model.load(folder).flavors["sklearn"]
    return settings


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(3),
        DecisionTreeClassifier(),
        GradientBoostingRegressor(n_estimators=3),
        IsolationForest(n_estimators=3),
        SVC(),
        make_pipeline(StandardScaler(), RandomForestClassifier(3)),
        make_pipeline(Doubled(), LogisticRegression()),
        make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()),
        make_pipeline(FunctionTransformer(lambda X: X + 1), LogisticRegression()),
        GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=2),
    ],
    ids=lambda model: type(model).__name__,
)
def test_what_was_just_trained_can_be_saved(model: Any, tmp_path: Path) -> None:
    model.fit(DATA, TARGET)
    mlflow.sklearn.save_model(model, tmp_path / "m")
    assert list(mlflow.sklearn.load_model(tmp_path / "m").predict(DATA)) == list(model.predict(DATA))
    assert list(mlflow.pyfunc.load_model(tmp_path / "m").predict(DATA)) == list(model.predict(DATA))


def test_skops_is_chosen_where_it_needs_no_further_trust(tmp_path: Path) -> None:
    mlflow.sklearn.save_model(LogisticRegression().fit(DATA, TARGET), tmp_path / "m")
    settings = settings_of(tmp_path / "m")
    assert settings["serialization_format"] == "skops"
    assert settings["pickled_model"] == "model.skops"
    assert settings["skops_trusted_types"] is None
    assert zipfile.is_zipfile(tmp_path / "m" / "model.skops")


@pytest.mark.parametrize("model", [RandomForestClassifier(3), make_pipeline(Doubled(), LogisticRegression())])
def test_cloudpickle_is_chosen_where_skops_would_ask_for_trust(model: Any, tmp_path: Path) -> None:
    mlflow.sklearn.save_model(model.fit(DATA, TARGET), tmp_path / "m")
    assert settings_of(tmp_path / "m")["serialization_format"] == "cloudpickle"
    assert not (tmp_path / "m" / "model.skops").exists()
    assert "cloudpickle==" in (tmp_path / "m" / "requirements.txt").read_text()


def test_cloudpickle_is_chosen_where_skops_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "skops.io", None)
    mlflow.sklearn.save_model(LogisticRegression().fit(DATA, TARGET), tmp_path / "m")
    assert settings_of(tmp_path / "m")["serialization_format"] == "cloudpickle"


@pytest.mark.parametrize("serialization_format", ["skops", "pickle", "cloudpickle"])
def test_every_format_is_recorded_and_read_back(serialization_format: str, tmp_path: Path) -> None:
    forest = RandomForestClassifier(3).fit(DATA, TARGET)
    mlflow.sklearn.save_model(forest, tmp_path / "m", serialization_format=serialization_format)
    assert settings_of(tmp_path / "m")["serialization_format"] == serialization_format
    assert list(mlflow.sklearn.load_model(tmp_path / "m").predict(DATA)) == list(forest.predict(DATA))


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match=r"format: json.*\['skops', 'pickle', 'cloudpickle'\]"):
        mlflow.sklearn.save_model(SVC().fit(DATA, TARGET), tmp_path / "m", serialization_format="json")


def test_types_that_mlflows_loader_has_to_be_told_of_are_written_down(tmp_path: Path) -> None:
    forest = RandomForestClassifier(3).fit(DATA, TARGET)
    mlflow.sklearn.save_model(forest, tmp_path / "m", serialization_format="skops")
    assert settings_of(tmp_path / "m")["skops_trusted_types"] == ["sklearn.tree._tree.Tree"]


class TestWherePicklesAreForbidden:
    @pytest.fixture(autouse=True)
    def forbidden(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")

    @pytest.mark.parametrize("serialization_format", ["pickle", "cloudpickle"])
    def test_pickles_are_not_read(self, serialization_format: str, tmp_path: Path) -> None:
        model = LogisticRegression().fit(DATA, TARGET)
        mlflow.sklearn.save_model(model, tmp_path / "m", serialization_format=serialization_format)
        for load in (mlflow.sklearn.load_model, mlflow.pyfunc.load_model):
            with pytest.raises(PermissionDenied, match="MLFLOW_ALLOW_PICKLE_DESERIALIZATION is false"):
                load(str(tmp_path / "m"))

    def test_a_pickle_that_calls_itself_skops_is_not_run(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
        mlflow.sklearn.save_model(LogisticRegression().fit(DATA, TARGET), tmp_path / "m")
        witness = tmp_path / "witness"
        (tmp_path / "m" / "model.skops").write_bytes(pickle.dumps(_Explosion(witness)))
        with pytest.raises(Exception, match="zip"):
            mlflow.sklearn.load_model(tmp_path / "m")
        assert not witness.exists()

    def test_models_that_skops_trusts_are_read(self, tmp_path: Path) -> None:
        mlflow.sklearn.save_model(LogisticRegression().fit(DATA, TARGET), tmp_path / "m")
        assert len(mlflow.sklearn.load_model(tmp_path / "m").predict(DATA)) == len(DATA)

    def test_types_of_our_own_list_are_read(self, tmp_path: Path) -> None:
        model = make_pipeline(SelectKBest(k=1), LogisticRegression()).fit(DATA, TARGET)
        mlflow.sklearn.save_model(model, tmp_path / "m", serialization_format="skops")
        (needed,) = settings_of(tmp_path / "m")["skops_trusted_types"]
        assert needed in TRUSTED_TYPES
        assert len(mlflow.sklearn.load_model(tmp_path / "m").predict(DATA)) == len(DATA)

    def test_what_a_model_says_of_itself_is_not_asked(self, tmp_path: Path) -> None:
        forest = RandomForestClassifier(3).fit(DATA, TARGET)
        mlflow.sklearn.save_model(forest, tmp_path / "m", serialization_format="skops")
        assert settings_of(tmp_path / "m")["skops_trusted_types"] == ["sklearn.tree._tree.Tree"]
        with pytest.raises(PermissionDenied, match=r"not trusted: \['sklearn.tree._tree.Tree'\]"):
            mlflow.sklearn.load_model(tmp_path / "m")


class _Explosion:
    def __init__(self, witness: Path) -> None:
        self._witness = witness

    def __reduce__(self) -> Any:
        return Path.touch, (self._witness,)


def test_a_payload_outside_the_folder_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
    mlflow.sklearn.save_model(LogisticRegression().fit(DATA, TARGET), tmp_path / "m")
    (tmp_path / "m" / "model.skops").rename(tmp_path / "model.skops")
    text = (tmp_path / "m" / "MLmodel").read_text().replace("model.skops", "../model.skops")
    (tmp_path / "m" / "MLmodel").write_text(text)
    with pytest.raises(Exception, match="outside its folder"):
        mlflow.sklearn.load_model(tmp_path / "m")


def test_pyfunc_predicts_with_the_method_that_was_named(tmp_path: Path) -> None:
    model = LogisticRegression().fit(DATA, TARGET)
    mlflow.sklearn.save_model(model, tmp_path / "m", pyfunc_predict_fn="predict_proba", input_example=DATA)
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    np.testing.assert_array_equal(loaded.predict(DATA), model.predict_proba(DATA))
    outputs = loaded.metadata.get_output_schema()
    assert outputs is not None
    assert [getattr(column, "shape", None) for column in outputs.inputs] == [(-1, 2)]


def test_a_vector_of_answers_to_columns_is_a_column_and_to_an_array_a_tensor(tmp_path: Path) -> None:
    model = LogisticRegression().fit(DATA.values, TARGET)
    mlflow.sklearn.save_model(model, tmp_path / "a", input_example=DATA.values)
    mlflow.sklearn.save_model(LogisticRegression().fit(DATA, TARGET), tmp_path / "f", input_example=DATA)
    schemas = [Model.load(tmp_path / name).get_output_schema() for name in "af"]
    assert [str(schema) for schema in schemas] == ["[Tensor('int64', (-1,))]", "[long (required)]"]


def test_a_model_that_cannot_predict_is_saved_without_pyfunc(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mlflow.sklearn.save_model(StandardScaler().fit(DATA), tmp_path / "m")
    assert sorted(Model.load(tmp_path / "m").flavors) == ["sklearn"]
    assert "cannot be loaded with mlflow.pyfunc" in caplog.text


def test_a_model_that_cannot_answer_its_example_is_saved_without_a_signature(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = LogisticRegression().fit(DATA, TARGET)
    mlflow.sklearn.save_model(model, tmp_path / "m", input_example={"zzz": ["not", "a", "number"]})
    assert Model.load(tmp_path / "m").signature is None
    assert "could not predict on its input example" in caplog.text


class Shifted(LogisticRegression):  # type: ignore[misc]
    def predict(self, X: Any, shift: int = 0) -> Any:
        return super().predict(X) + shift


def test_parameters_reach_a_method_that_names_them(tmp_path: Path) -> None:
    from mlflow.models.signature import infer_signature

    signature = infer_signature(DATA, params={"shift": 10, "unused": 1})
    mlflow.sklearn.save_model(Shifted().fit(DATA, TARGET), tmp_path / "m", signature=signature)
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    assert min(loaded.predict(DATA)) == 10
    assert min(loaded.predict(DATA, params={"shift": 20})) == 20


def test_requirements_follow_what_the_model_refers_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_steps.py").write_text(
        "import click\ndef halved(X):\n    return X / 2\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    my_steps = __import__("my_steps")
    model = make_pipeline(FunctionTransformer(my_steps.halved), LogisticRegression()).fit(DATA, TARGET)
    mlflow.sklearn.save_model(model, tmp_path / "m")
    names = [
        line.partition("==")[0] for line in (tmp_path / "m" / "requirements.txt").read_text().splitlines()
    ]
    assert names == ["mlflow", "click", "cloudpickle", "numpy", "pandas", "scikit-learn", "scipy"]


def test_pins_that_differ_from_what_it_was_trained_with_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = LogisticRegression().fit(DATA, TARGET)
    mlflow.sklearn.save_model(
        model, tmp_path / "m", pip_requirements=["mlflow==2.8.0", "scikit-learn==1.3.0"]
    )
    assert "scikit-learn is" in caplog.text
    assert "was 1.3.0" in caplog.text
    caplog.clear()
    mlflow.pyfunc.load_model(tmp_path / "m")
    assert "was 1.3.0" in caplog.text
    caplog.clear()
    mlflow.pyfunc.load_model(tmp_path / "m", suppress_warnings=True)
    assert "was 1.3.0" not in caplog.text


@pytest.mark.parametrize("points_at_payload", [True, False])
def test_a_model_of_mlflow_1_is_read(points_at_payload: bool, tmp_path: Path) -> None:
    model = LogisticRegression().fit(DATA, TARGET)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(model))
    pyfunc = {"env": "conda.yaml", "loader_module": "mlflow.sklearn", "python_version": "3.6.8"}
    if points_at_payload:
        pyfunc["data"] = "model.pkl"
    flavors = {"python_function": pyfunc, "sklearn": {"pickled_model": "model.pkl"}}
    (tmp_path / "MLmodel").write_text(yaml.safe_dump({"flavors": flavors}))
    expected = list(model.predict(DATA))
    assert list(mlflow.sklearn.load_model(str(tmp_path)).predict(DATA)) == expected
    assert list(mlflow.pyfunc.load_model(str(tmp_path)).predict(DATA)) == expected


def test_default_environments_name_the_library() -> None:
    assert [line.partition("==")[0] for line in mlflow.sklearn.get_default_pip_requirements()] == [
        "scikit-learn"
    ]
    both = mlflow.sklearn.get_default_pip_requirements(include_cloudpickle=True, include_skops=True)
    assert [line.partition("==")[0] for line in both] == ["cloudpickle", "scikit-learn", "skops"]
    assert mlflow.sklearn.get_default_conda_env()["name"] == "mlflow-env"


def test_importing_the_flavor_imports_no_library() -> None:
    import subprocess

    code = (
        "import sys, mlflow.sklearn, mlflow.pyfunc\n"
        "mlflow.sklearn.save_model, mlflow.pyfunc.load_model\n"
        "assert not {'sklearn', 'skops', 'cloudpickle', 'numpy', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
