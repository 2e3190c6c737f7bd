"""What a model needs from the platform that it is served on, as its MLmodel file says it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any, Self

from mlflow.exceptions import InvalidParameterValue

DEFAULT_API_VERSION = "1"


class ResourceType(Enum):
    """A kind of resources."""

    UC_CONNECTION = "uc_connection"
    VECTOR_SEARCH_INDEX = "vector_search_index"
    SERVING_ENDPOINT = "serving_endpoint"
    SQL_WAREHOUSE = "sql_warehouse"
    FUNCTION = "function"
    GENIE_SPACE = "genie_space"
    TABLE = "table"
    APP = "app"
    LAKEBASE = "lakebase"
    UC_MODEL_SERVICE = "uc_model_service"


class Resource(ABC):
    """Something that a model needs. Equal by its form."""

    @property
    @abstractmethod
    def type(self) -> ResourceType:
        """Its kind."""

    @property
    @abstractmethod
    def target_uri(self) -> str:
        """The platform that it is on."""

    @abstractmethod
    def to_dict(self) -> dict[str, list[dict[str, Any]]]:
        """The form of the MLmodel file."""

    @classmethod
    @abstractmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The resource with this name."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]  # it may change


class DatabricksResource(Resource, ABC):
    """A resource of Databricks.

    Args:
        name: Its name there.
        on_behalf_of_user: Whether it is used with the rights of who asks.
    """

    kind: ResourceType

    def __init__(self, name: str, on_behalf_of_user: bool | None = None) -> None:
        self.name = name
        self.on_behalf_of_user = on_behalf_of_user

    @property
    def type(self) -> ResourceType:
        return self.kind

    @property
    def target_uri(self) -> str:
        return "databricks"

    def to_dict(self) -> dict[str, list[dict[str, Any]]]:
        rights = {} if self.on_behalf_of_user is None else {"on_behalf_of_user": self.on_behalf_of_user}
        return {self.kind.value: [{"name": self.name, **rights}]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls(data["name"], data.get("on_behalf_of_user"))


class DatabricksUCConnection(DatabricksResource):
    """A connection of Unity Catalog."""

    kind = ResourceType.UC_CONNECTION

    def __init__(self, connection_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(connection_name, on_behalf_of_user)


class DatabricksVectorSearchIndex(DatabricksResource):
    """An index of vectors."""

    kind = ResourceType.VECTOR_SEARCH_INDEX

    def __init__(self, index_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(index_name, on_behalf_of_user)


class DatabricksServingEndpoint(DatabricksResource):
    """An endpoint that serves a model."""

    kind = ResourceType.SERVING_ENDPOINT

    def __init__(self, endpoint_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(endpoint_name, on_behalf_of_user)


class DatabricksSQLWarehouse(DatabricksResource):
    """A SQL warehouse."""

    kind = ResourceType.SQL_WAREHOUSE

    def __init__(self, warehouse_id: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(warehouse_id, on_behalf_of_user)


class DatabricksFunction(DatabricksResource):
    """A function of Unity Catalog."""

    kind = ResourceType.FUNCTION

    def __init__(self, function_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(function_name, on_behalf_of_user)


class DatabricksGenieSpace(DatabricksResource):
    """A Genie space."""

    kind = ResourceType.GENIE_SPACE

    def __init__(self, genie_space_id: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(genie_space_id, on_behalf_of_user)


class DatabricksTable(DatabricksResource):
    """A table."""

    kind = ResourceType.TABLE

    def __init__(self, table_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(table_name, on_behalf_of_user)


class DatabricksApp(DatabricksResource):
    """An app."""

    kind = ResourceType.APP

    def __init__(self, app_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(app_name, on_behalf_of_user)


class DatabricksLakebase(DatabricksResource):
    """A database."""

    kind = ResourceType.LAKEBASE

    def __init__(self, database_instance_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(database_instance_name, on_behalf_of_user)


class DatabricksUCModelService(DatabricksResource):
    """A model service of Unity Catalog."""

    kind = ResourceType.UC_MODEL_SERVICE

    def __init__(self, model_service_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(model_service_name, on_behalf_of_user)


def resources_form(resources: Any) -> Any:
    """What the MLmodel file says of resources.

    Args:
        resources: Resources; the path of a YAML file that lists them; or the form itself, which is kept as it is.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it is none of these, or the file is missing.
    """
    if resources is None or isinstance(resources, dict):
        return resources
    if isinstance(resources, str | Path):
        return _read(Path(resources))
    wrong = [item for item in resources if not isinstance(item, Resource)]
    if wrong:
        raise InvalidParameterValue(
            f"Resources are objects such as mlflow.models.resources.DatabricksTable('main.sales'); got {wrong[0]!r}"
        )
    return _by_platform(resources)


def _by_platform(resources: Iterable[Resource]) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for resource in resources:
        platform = form.setdefault(resource.target_uri, {})
        for kind, items in resource.to_dict().items():
            platform.setdefault(kind, []).extend(items)
    return {**form, "api_version": DEFAULT_API_VERSION}


def _read(file: Path) -> Any:
    import yaml

    if not file.is_file():
        raise InvalidParameterValue(f"`resources` names the file {str(file)!r}, which does not exist")
    form = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(form, dict):
        raise InvalidParameterValue(f"The file {str(file)!r} lists no resources by platform")
    return {"api_version": DEFAULT_API_VERSION, **form}
