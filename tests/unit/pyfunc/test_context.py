from __future__ import annotations

from typing import cast

import pytest

from mlflow.pyfunc.context import Context, get_prediction_context, set_prediction_context


def test_a_model_is_told_which_request_it_answers() -> None:
    outer, inner = Context(request_id="1"), Context(request_id="2", is_evaluate=True)
    with set_prediction_context(outer):
        with set_prediction_context(inner):
            assert get_prediction_context() is inner
        with set_prediction_context(None):
            assert get_prediction_context() is None
        assert get_prediction_context() is outer
    assert get_prediction_context() is None


def test_something_else_is_no_request() -> None:
    with (
        pytest.raises(TypeError, match="instance of Context, but got: r-1"),
        set_prediction_context(cast("Context", "r-1")),
    ):
        pass


def test_what_is_said_of_a_request_can_change() -> None:
    context = Context(request_id="1", later="ignored")
    context.update(model_id="m-1", endpoint_name="e")
    assert context == Context(request_id="1", model_id="m-1", endpoint_name="e")
    with pytest.raises(AttributeError, match="no attribute named 'nope'"):
        context.update(request_id="2", nope=1)
    assert context.request_id == "1"
