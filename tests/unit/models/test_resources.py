from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlflow.exceptions import InvalidParameterValue
from mlflow.models import resources
from mlflow.models.auth_policy import AuthPolicy, SystemAuthPolicy, UserAuthPolicy
from mlflow.models.model import Model
from mlflow.models.resources import DatabricksApp, DatabricksTable, Resource, ResourceType
from mlflow.pyfunc.saving import save_model

KINDS = [
    cls
    for name, cls in vars(resources).items()
    if name.startswith("Databricks") and name != "DatabricksResource"
]


def test_every_type_has_a_class() -> None:
    assert {cls("x").type for cls in KINDS} == set(ResourceType)


@pytest.mark.parametrize("cls", KINDS)
def test_a_resource_is_its_name_and_whose_rights_it_is_used_with(cls: Any) -> None:
    kind = cls("x").type.value
    assert cls("x").to_dict() == {kind: [{"name": "x"}]}
    assert cls("x", True).to_dict() == {kind: [{"name": "x", "on_behalf_of_user": True}]}
    assert cls.from_dict({"name": "x", "on_behalf_of_user": True}) == cls("x", True) != cls("x")
    assert cls("x").target_uri == "databricks"


TABLES = {
    "api_version": "1",
    "databricks": {
        "table": [{"name": "t"}, {"name": "u"}],
        "app": [{"name": "a", "on_behalf_of_user": True}],
    },
}


def test_the_file_of_a_model_lists_its_resources_by_kind(tmp_path: Path) -> None:
    given: list[Resource] = [DatabricksTable("t"), DatabricksApp("a", True), DatabricksTable("u")]
    save_model(tmp_path / "m", python_model=len, resources=given, pip_requirements=["mlflow"])
    model = Model.load(tmp_path / "m")
    assert model.resources == TABLES
    model.save(tmp_path / "again")
    assert Model.load(tmp_path / "again").resources == TABLES


def test_resources_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "resources.yaml"
    file.write_text("databricks:\n  table:\n  - name: t\n")
    assert Model(resources=str(file)).resources == {
        "api_version": "1",
        "databricks": {"table": [{"name": "t"}]},
    }
    file.write_text("- t")
    for wrong, message in (
        (str(file), "no resources by platform"),
        ("none.yaml", "does not exist"),
        ([3], "got 3"),
    ):
        with pytest.raises(InvalidParameterValue, match=message):
            Model(resources=wrong)


def test_the_file_of_a_model_says_with_whose_rights_it_acts(tmp_path: Path) -> None:
    policy = AuthPolicy(UserAuthPolicy(["sql"]), SystemAuthPolicy([DatabricksApp("a")]))
    save_model(tmp_path / "m", python_model=len, auth_policy=policy, pip_requirements=["mlflow"])
    assert Model.load(tmp_path / "m").auth_policy == {
        "system_auth_policy": {"resources": {"api_version": "1", "databricks": {"app": [{"name": "a"}]}}},
        "user_auth_policy": {"api_scopes": ["sql"]},
    }
    assert AuthPolicy().to_dict() == {"system_auth_policy": {}, "user_auth_policy": {}}
