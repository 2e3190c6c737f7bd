"""`models:` URIs, now and in the past."""

from __future__ import annotations

import pytest

from mlflow import MlflowClient
from mlflow._base.clock import telling
from mlflow._base.moments import parse_period
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.tracking.model_uris import RegisteredName, parse_models_uri, source_uri, split_models_uri

MODEL_ID = "m-" + "0" * 32


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (f"models:/{MODEL_ID}", MODEL_ID),
        (f"models:///{MODEL_ID}/", MODEL_ID),
        ("models:/iris/3", RegisteredName("iris", version="3")),
        ("models:/iris/Production", RegisteredName("iris", stage="Production")),
        ("models:/iris/latest", RegisteredName("iris", stage="latest")),
        ("models:/iris@champion", RegisteredName("iris", alias="champion")),
        ("models:/my model/1", RegisteredName("my model", version="1")),
        ("models:/a@b@champion", RegisteredName("a@b", alias="champion")),
        (
            "models:/iris/Production?at=2023-03-14",
            RegisteredName("iris", stage="Production", at="2023-03-14"),
        ),
        ("models:/iris@champion?at=5", RegisteredName("iris", alias="champion", at="5")),
    ],
)
def test_models_uris_name_logged_or_registered_models(uri: str, expected: object) -> None:
    assert parse_models_uri(uri) == expected


@pytest.mark.parametrize(
    "uri", ["models:/", "models:/x", "models:/x/", "models:/x/1/2", "models:/@a", "models:/x@"]
)
def test_other_forms_are_refused_with_the_right_ones(uri: str) -> None:
    with pytest.raises(InvalidParameterValue, match="Use models:/<model_id>"):
        parse_models_uri(uri)


def test_a_file_of_a_model_may_follow() -> None:
    assert split_models_uri("models:/iris/3/data/x") == (RegisteredName("iris", version="3"), "data/x")
    assert split_models_uri("models:/iris@a/x") == (RegisteredName("iris", alias="a"), "x")
    assert split_models_uri(f"models:/{MODEL_ID}/x") == (MODEL_ID, "x")


@pytest.fixture
def past() -> None:
    """Version 1 is in production from 2022 on, version 2 from noon of March 14, 2023; version 1 is deleted in 2024."""
    client = MlflowClient()

    def move(time: str, version: int) -> None:
        with telling(lambda: parse_period(time).first_ms):
            client.create_model_version("credit", f"s3://bucket/{version}")
            client.transition_model_version_stage("credit", version, "Production", True)
            client.set_registered_model_alias("credit", "champion", version)

    move("2022-01-01T00:00Z", 1)
    move("2023-03-14T12:00Z", 2)
    with telling(lambda: parse_period("2024-01-01").first_ms):
        client.delete_model_version("credit", 1)


@pytest.mark.usefixtures("past")
@pytest.mark.parametrize("which", ["/Production", "/production", "@champion", "/latest", "/1"])
def test_the_past_is_asked_for_in_a_uri(which: str) -> None:
    assert source_uri(f"models:/credit{which}?at=2023-03-13") == "s3://bucket/1"
    assert source_uri(f"models:/credit{which}?at=2023-03-14T11:59Z") == "s3://bucket/1"
    if which != "/1":
        assert source_uri(f"models:/credit{which}?at=2023-03-15") == "s3://bucket/2"
        with pytest.raises(InvalidParameterValue, match=r"changed on 2023-03-14 .*12:00:00Z version 2"):
            source_uri(f"models:/credit{which}?at=2023-03-14")
    with pytest.raises(ResourceDoesNotExist):
        source_uri(f"models:/credit{which}?at=2021-03-14")


@pytest.mark.usefixtures("past")
def test_what_was_not_there_is_missing() -> None:
    with pytest.raises(ResourceDoesNotExist, match="at 2023-03-15"):
        source_uri("models:/credit/Staging?at=2023-03-15")
    with pytest.raises(InvalidParameterValue, match="Not a time"):
        source_uri("models:/credit/Production?at=yesterday")
