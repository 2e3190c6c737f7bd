"""The OpenAPI document."""

from __future__ import annotations

import re
from typing import Any

from mlflow._wire.openapi import openapi
from mlflow._wire.routes import BY_NAME, ROUTES, paths_of


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return found.union(*(_references(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(_references(item) for item in value))
    return set()


def test_every_route_is_an_operation_of_its_name() -> None:
    operations = {
        operation["operationId"] for methods in openapi()["paths"].values() for operation in methods.values()
    }

    assert operations == set(BY_NAME)


def test_every_reference_leads_to_a_schema() -> None:
    document = openapi()

    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert _references(document) <= schemas


def test_every_parameter_of_a_path_is_declared() -> None:
    for path, methods in openapi()["paths"].items():
        for operation in methods.values():
            declared = {item["name"] for item in operation["parameters"] if item["in"] == "path"}
            assert declared == set(re.findall(r"\{(\w+)\}", path))


def test_no_two_routes_share_a_path_and_a_method() -> None:
    places = [(route.method, path) for route in ROUTES for path in paths_of(route)]

    assert len(places) == len(set(places))
