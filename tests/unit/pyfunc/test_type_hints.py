"""Models of one's own whose input is checked by the type hints of `predict`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlflow.exceptions import InvalidParameterValue
from mlflow.models.signature import ModelSignature, infer_signature
from mlflow.pyfunc.loaded import PyFuncModel
from mlflow.pyfunc.loading import load_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext
from mlflow.pyfunc.saving import save_model
from mlflow.pyfunc.utils import pyfunc
from mlflow.types.type_hints import TypeFromExample

Save = Callable[..., PyFuncModel]


class Upper(PythonModel):
    def predict(self, model_input: list[str], params: dict[str, Any] | None = None) -> list[str]:
        return [text.upper() for text in model_input]


class WithContext(PythonModel):
    def predict(self, ctx: Any, texts: list[str]) -> Any:
        return type(ctx).__name__, texts


class AsExample(PythonModel):
    def predict(self, model_input: TypeFromExample) -> Any:
        return model_input


class Untyped(PythonModel):
    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return model_input

    def predict_stream(
        self, context: Any, model_input: Any, params: dict[str, Any] | None = None
    ) -> Iterator[Any]:
        yield model_input


def lengths(model_input: list[str]) -> list[int]:
    return [len(text) for text in model_input]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Saves a model and loads it again."""

    def save(model: Any, **arguments: Any) -> PyFuncModel:
        save_model(tmp_path / "m", python_model=model, pip_requirements=["mlflow"], **arguments)
        return load_model(tmp_path / "m")

    return save


def signature_of(model: PyFuncModel) -> ModelSignature:
    assert model.metadata.signature is not None
    return model.metadata.signature


@pytest.mark.parametrize("model", [Upper(), lengths])
def test_hints_are_the_signature_and_check_the_input(model: Any, save: Save) -> None:
    loaded = save(model)
    signature = signature_of(loaded)
    assert signature._is_signature_from_type_hint
    assert signature.inputs == infer_signature(["a"]).inputs
    assert signature.outputs == infer_signature(loaded.predict(["a"])).inputs
    assert loaded.predict(pd.DataFrame({"x": ["ab"]})) == loaded.predict(["ab"])
    with pytest.raises(InvalidParameterValue, match="Expected type str, but got int"):
        loaded.predict([1])


def test_a_direct_call_is_checked_too() -> None:
    assert Upper().predict(["a"]) == ["A"]
    assert Upper().predict(model_input=["a"]) == ["A"]
    called: Any = WithContext().predict(PythonModelContext({}, None), ["a"])
    assert called[1] == ["a"]
    for call in (lambda: Upper().predict([1]), lambda: Upper().predict(model_input=[1])):  # type: ignore[list-item]  # refused
        with pytest.raises(InvalidParameterValue, match="Expected type str"):
            call()  # type: ignore[no-untyped-call]  # a method without types


def test_a_decorated_function_is_checked() -> None:
    checked: Any = pyfunc(lengths)
    assert checked(["abc"]) == [3]
    with pytest.raises(InvalidParameterValue, match="Expected type str"):
        checked([1])


def test_a_context_is_whatever_comes_first(save: Save) -> None:
    assert save(WithContext()).predict(["a"]) == ("PythonModelContext", ["a"])


def test_parameters_of_the_example_are_in_the_signature(save: Save) -> None:
    loaded = save(Upper(), input_example=(["a"], {"t": 1}))
    signature = signature_of(loaded)
    assert signature.params is not None
    assert [spec.name for spec in signature.params] == ["t"]


def test_what_is_given_counts_less_than_hints(save: Save, caplog: pytest.LogCaptureFixture) -> None:
    loaded = save(Upper(), signature=infer_signature([1], [1]))
    assert signature_of(loaded).inputs == infer_signature(["a"]).inputs
    assert "hints of predict count more" in caplog.text


def test_no_signature_where_none_is_wanted(save: Save) -> None:
    assert save(Upper(), signature=False).metadata.signature is None


def test_a_mistake_in_a_hint_is_told_when_the_model_is_saved(save: Save, tmp_path: Path) -> None:
    class Wrong(PythonModel):
        def predict(self, model_input: list) -> Any:  # type: ignore[type-arg]  # as users write it
            return model_input

    with pytest.raises(InvalidParameterValue.__mro__[1], match="does not say what is in the list"):
        save(Wrong())
    assert list(tmp_path.iterdir()) == []


def test_the_output_without_a_hint_is_inferred_from_the_example(save: Save) -> None:
    class Count(PythonModel):
        def predict(self, model_input: list[str]):  # type: ignore[no-untyped-def]  # as users write it
            return [len(model_input)]

    without = save(Count())
    assert str(signature_of(without).outputs) == "[Any (required)]"


def test_lists_stay_lists_where_the_example_is_one(save: Save) -> None:
    loaded = save(AsExample(), input_example=["a"])
    assert signature_of(loaded)._is_type_hint_from_example
    assert loaded.predict(["b"]) == ["b"]
    assert loaded.predict(pd.DataFrame({"x": ["b"]})) == ["b"]
    with pytest.raises(InvalidParameterValue, match="Can not safely convert"):
        loaded.predict([1])


def test_other_examples_are_tables(save: Save) -> None:
    loaded = save(AsExample(), input_example={"a": 1})
    assert not signature_of(loaded)._is_type_hint_from_example
    assert isinstance(loaded.predict({"a": 2}), pd.DataFrame)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (["a"], "a"),
        ("a", "a"),
        ({"a": 1}, {"a": 1}),
        ([{"a": 1}], {"a": 1}),
        (pd.DataFrame({"a": [1]}), {"a": 1}),
        (pd.DataFrame(["x"]), "x"),
    ],
)
def test_one_input_is_streamed(data: Any, expected: Any, save: Save) -> None:
    assert list(save(Untyped()).predict_stream(data)) == [expected]


@pytest.mark.parametrize("data", [["a", "b"], [], pd.DataFrame({"a": [1, 2]})])
def test_several_inputs_are_not_streamed(data: Any, save: Save) -> None:
    with pytest.raises(InvalidParameterValue, match="requires single input, but it got a list of"):
        list(save(Untyped()).predict_stream(data))
