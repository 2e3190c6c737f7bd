"""The MLmodel file: what a model folder holds and how to load it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mlflow.exceptions import InvalidParameterValue
from mlflow.models.auth_policy import AuthPolicy
from mlflow.models.digests import file_digests
from mlflow.models.resources import resources_form
from mlflow.models.signature import ModelSignature
from mlflow.types.schema import ParamSchema, Schema
from mlflow.version import API_LEVEL

if TYPE_CHECKING:
    from mlflow.entities.logged_model import LoggedModel

MLMODEL_FILE_NAME = "MLmodel"
_MAPS = ("file_digests", "saved_input_example_info", "signature")


class Model:
    """An MLmodel file in memory.

    Keys that this version does not know are kept and written back as they were read.

    Args:
        artifact_path: Where the model was logged: its location's URI.
        run_id: Run that it was logged in.
        utc_time_created: `YYYY-MM-DD HH:MM:SS.ffffff`; now by default.
        flavors: Settings by flavor.
        signature: What it takes and gives.
        saved_input_example_info: Which files hold its example, and in which form.
        model_uuid: Its id, or what makes one; 32 random hexadecimal digits by default.
        mlflow_version: Version that wrote it.
        metadata: What the user wants to keep with it.
        model_size_bytes: Size of its files.
        resources: What it needs from its platform.
        env_vars: Names of the environment variables that it needs.
        auth_policy: Who it acts for on its platform.
        model_id: Id of the logged model.
        prompts: Prompts that it uses.
        **kwargs: Further keys, of which `file_digests` holds the digests of its files.
    """

    def __init__(
        self,
        artifact_path: str | None = None,
        run_id: str | None = None,
        utc_time_created: str | None = None,
        flavors: dict[str, Any] | None = None,
        signature: ModelSignature | dict[str, Any] | None = None,
        saved_input_example_info: dict[str, Any] | None = None,
        model_uuid: str | Callable[[], str] | None = lambda: uuid4().hex,
        mlflow_version: str | None = API_LEVEL,
        metadata: dict[str, Any] | None = None,
        model_size_bytes: int | None = None,
        resources: Any = None,
        env_vars: list[str] | None = None,
        auth_policy: Any = None,
        model_id: str | None = None,
        prompts: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.artifact_path = artifact_path
        self.run_id = run_id
        self.utc_time_created = utc_time_created or f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
        self.flavors: dict[str, Any] = flavors if flavors is not None else {}
        self.signature = ModelSignature.from_dict(signature) if isinstance(signature, dict) else signature
        self.saved_input_example_info = saved_input_example_info
        self.model_uuid = model_uuid() if callable(model_uuid) else model_uuid
        self.mlflow_version = mlflow_version
        self.metadata = metadata
        self.model_size_bytes = model_size_bytes
        self.resources = resources
        self.env_vars = env_vars
        self.auth_policy = auth_policy
        self.model_id = model_id
        self.prompts = prompts
        self.file_digests: dict[str, str] | None = kwargs.pop("file_digests", None)
        self._further = kwargs

    @property
    def resources(self) -> dict[str, Any] | None:
        """What it needs from its platform: set as resources or the path of a file, kept as the file has it."""
        return self._resources

    @resources.setter
    def resources(self, value: Any) -> None:
        self._resources: dict[str, Any] | None = resources_form(value)

    @property
    def auth_policy(self) -> dict[str, Any] | None:
        """With whose rights it acts: set as an `AuthPolicy`, kept as the file has it."""
        return self._auth_policy

    @auth_policy.setter
    def auth_policy(self, value: AuthPolicy | dict[str, Any] | None) -> None:
        self._auth_policy = value.to_dict() if isinstance(value, AuthPolicy) else value

    def add_flavor(self, name: str, **params: Any) -> Model:
        """Adds a flavor with its settings, or replaces them."""
        self.flavors[name] = params
        return self

    def get_input_schema(self) -> Schema | None:
        """What it takes, if that is known."""
        return self.signature.inputs if self.signature else None

    def get_output_schema(self) -> Schema | None:
        """What it gives, if that is known."""
        return self.signature.outputs if self.signature else None

    def get_params_schema(self) -> ParamSchema | None:
        """Its parameters, if it declares any."""
        return self.signature.params if self.signature else None

    def load_input_example(self, path: str | None = None) -> Any:
        """The input example, `None` when there is none.

        Args:
            path: The model folder; fetched from where the model was logged by default.
        """
        from mlflow.models.example import read_example

        found = read_example(self.saved_input_example_info, self._folder(path), self.get_input_schema())
        return None if found is None else found.data

    def load_input_example_params(self, path: str | None = None) -> dict[str, Any] | None:
        """The parameters of the input example, `None` when it has none."""
        from mlflow.models.example import read_example

        found = read_example(self.saved_input_example_info, self._folder(path))
        return None if found is None else found.params

    def get_serving_input(self, path: str | None = None) -> str | None:
        """The input example as the body of a scoring request, `None` when there is none."""
        from mlflow.models.example import read_serving_input

        return read_serving_input(self.saved_input_example_info, self._folder(path))

    def _folder(self, path: str | None) -> Path:
        if path is not None:
            return Path(path)
        from mlflow.models.location import resolve_model_path

        if self.model_id is None:
            raise InvalidParameterValue("This model was not logged; pass the path of its folder")
        return resolve_model_path(f"models:/{self.model_id}")

    def get_model_info(self, logged_model: LoggedModel | None = None) -> ModelInfo:
        """What there is to know about it, read-only."""
        uri = f"models:/{self.model_id}" if self.model_id else f"runs:/{self.run_id}/{self.artifact_path}"
        return ModelInfo(
            artifact_path=self.artifact_path,
            flavors=self.flavors,
            model_uri=uri,
            model_uuid=self.model_uuid,
            run_id=self.run_id,
            saved_input_example_info=self.saved_input_example_info,
            signature=self.signature,
            utc_time_created=self.utc_time_created,
            mlflow_version=self.mlflow_version,
            metadata=self.metadata,
            env_vars=self.env_vars,
            prompts=self.prompts,
            logged_model=logged_model,
        )

    def get_tags_dict(self) -> dict[str, Any]:
        """What a run's history of models says about it."""
        keys = ("run_id", "artifact_path", "utc_time_created", "model_uuid", "flavors")
        known = {key: getattr(self, key) for key in keys}
        return {key: value for key, value in known.items() if value is not None}

    def to_dict(self) -> dict[str, Any]:
        """The keys of the MLmodel file."""
        form: dict[str, Any] = dict(self._further)
        form.update(
            flavors=self.flavors,
            model_id=self.model_id,
            model_uuid=self.model_uuid,
            mlflow_version=self.mlflow_version,
            prompts=self.prompts,
            utc_time_created=self.utc_time_created,
        )
        if self.signature is not None:
            form["signature"] = self.signature.to_dict()
            form["is_signature_from_type_hint"] = self.signature._is_signature_from_type_hint
            form["type_hint_from_example"] = self.signature._is_type_hint_from_example
        optional = (
            "artifact_path",
            "run_id",
            "saved_input_example_info",
            "metadata",
            "model_size_bytes",
            "resources",
            "env_vars",
            "auth_policy",
            "file_digests",
        )
        form.update({key: getattr(self, key) for key in optional if getattr(self, key) is not None})
        return form

    @classmethod
    def from_dict(cls, model_dict: dict[str, Any]) -> Model:
        """The model of which `to_dict` made this; older files lack many of the keys."""
        form = dict(model_dict)
        signature = form.get("signature")
        if signature is not None:
            read = ModelSignature.from_dict(signature)
            read._is_signature_from_type_hint = form.pop("is_signature_from_type_hint", False)
            read._is_type_hint_from_example = form.pop("type_hint_from_example", False)
            form["signature"] = read
        # What an older file does not say stays unsaid: no id and no version is made up for it.
        form.setdefault("model_uuid", None)
        form.setdefault("mlflow_version", None)
        return cls(**form)

    def to_yaml(self, stream: Any = None) -> str:
        """The text of the MLmodel file; also written to the stream, if one is given."""
        import yaml

        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text: str = yaml.dump(self.to_dict(), Dumper=dumper, default_flow_style=False, allow_unicode=True)
        if stream is not None:
            stream.write(text)
        return text

    @classmethod
    def from_yaml(cls, text: str) -> Model:
        """The model with this text.

        Raises:
            MlflowException: The text is not YAML, or not that of an MLmodel file.
        """
        import yaml

        try:
            form = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
        except yaml.YAMLError as error:
            raise InvalidParameterValue(f"The MLmodel file is not YAML: {error}") from error
        if not isinstance(form, dict) or not isinstance(form.get("flavors"), dict):
            raise InvalidParameterValue("The MLmodel file does not say which flavors the model has")
        _check_form(form)
        return cls.from_dict(form)

    def to_json(self) -> str:
        """The keys of the MLmodel file as JSON text."""
        return json.dumps(self.to_dict())

    def save(self, path: str | Path) -> None:
        """Writes the MLmodel file to this path."""
        Path(path).write_text(self.to_yaml(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Reads an MLmodel file.

        Args:
            path: A model folder, the MLmodel file in it, or the URI of a model.

        Raises:
            MlflowException: `RESOURCE_DOES_NOT_EXIST`: there is none; `INVALID_PARAMETER_VALUE`: it is none.
        """
        from mlflow.models.location import fetch_model_file

        try:
            text = fetch_model_file(str(path))
        except UnicodeDecodeError as error:
            raise InvalidParameterValue(f"The MLmodel file at {str(path)!r} is no text: {error}") from error
        return cls.from_yaml(text)

    @classmethod
    def log(
        cls,
        artifact_path: str | None,
        flavor: Any,
        registered_model_name: str | None = None,
        await_registration_for: int | None = 300,
        metadata: dict[str, Any] | None = None,
        run_id: str | None = None,
        resources: Any = None,
        auth_policy: Any = None,
        prompts: list[Any] | None = None,
        name: str | None = None,
        model_type: str | None = None,
        params: dict[str, Any] | None = None,
        tags: dict[str, Any] | None = None,
        step: int = 0,
        model_id: str | None = None,
        **kwargs: Any,
    ) -> ModelInfo:
        """Saves a model with its flavor and logs the folder as a logged model.

        Args:
            artifact_path: The older way to say `name`.
            flavor: A module with `save_model(path=..., mlflow_model=..., **kwargs)`, such as `mlflow.sklearn`.
            registered_model_name: Registers it as a new version under this name.
            await_registration_for: Seconds to wait for the version to be ready.
            metadata: Kept in the MLmodel file.
            run_id: Run that made it; the active run by default, none without one.
            resources: Kept in the MLmodel file.
            auth_policy: Kept in the MLmodel file.
            prompts: URIs of prompts that it uses.
            name: Name for people; one is made up by default.
            model_type: Free text.
            params: Parameters of the logged model.
            tags: Tags of the logged model.
            step: Step of the run at which it was made.
            model_id: A logged model that exists already and gets these files.
            **kwargs: Passed to `flavor.save_model`.

        Returns:
            What there is to know about the model.

        Raises:
            MlflowException: It cannot be saved or uploaded; the logged model is then marked as failed.
        """
        from mlflow.models.publishing import Publication, publish

        publication = Publication(
            name=name,
            artifact_path=artifact_path,
            run_id=run_id,
            model_id=model_id,
            model_type=model_type,
            params=params,
            tags=tags,
            step=step,
            registered_model_name=registered_model_name,
            await_registration_for=await_registration_for,
        )

        def save(folder: Path, location: str | None, run: str | None, model: str) -> Model:
            mlflow_model = cls(
                artifact_path=location,
                run_id=run,
                model_id=model,
                model_uuid=model,
                metadata=metadata,
                resources=resources,
                auth_policy=auth_policy,
                prompts=[getattr(prompt, "uri", prompt) for prompt in prompts] if prompts else None,
            )
            flavor.save_model(path=str(folder), mlflow_model=mlflow_model, **kwargs)
            if mlflow_model.file_digests is None:  # a flavor from outside of this package
                mlflow_model.file_digests = file_digests(folder)
                mlflow_model.save(folder / MLMODEL_FILE_NAME)
            return mlflow_model

        return publish(publication, save)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.to_yaml()


def _check_form(form: dict[str, Any]) -> None:
    """Refuses what would fail later with an error that names neither the file nor the key."""
    maps = {f"flavors.{name}": settings for name, settings in form["flavors"].items()}
    maps |= {key: form[key] for key in _MAPS if form.get(key) is not None}
    for key, value in maps.items():
        if not isinstance(value, dict):
            raise InvalidParameterValue(f"In the MLmodel file {key!r} should be a map, and is {value!r}")
    for name, digest in (form.get("file_digests") or {}).items():
        if not isinstance(name, str) or not isinstance(digest, str):
            raise InvalidParameterValue(
                f"In the MLmodel file 'file_digests' should give the digest of each file, and has {name!r}: {digest!r}"
            )


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """What there is to know about a model, read-only.

    Attributes:
        artifact_path: Where it was logged.
        flavors: Settings by flavor.
        model_uri: URI that loads it.
        model_uuid: Its id.
        run_id: Run that it was logged in.
        saved_input_example_info: Which files hold its example, and in which form.
        signature: What it takes and gives.
        utc_time_created: When it was made.
        mlflow_version: Version that wrote it.
        metadata: What the user keeps with it.
        registered_model_version: Version that it was registered as by the same call.
        env_vars: Names of the environment variables that it needs.
        prompts: Prompts that it uses.
        logged_model: The logged model, for a model that was logged.
    """

    artifact_path: str | None
    flavors: dict[str, Any]
    model_uri: str
    model_uuid: str | None
    run_id: str | None
    saved_input_example_info: dict[str, Any] | None
    signature: ModelSignature | None
    utc_time_created: str | None
    mlflow_version: str | None
    metadata: dict[str, Any] | None = None
    registered_model_version: int | None = None
    env_vars: list[str] | None = None
    prompts: list[str] | None = None
    logged_model: LoggedModel | None = None

    @property
    def model_id(self) -> str | None:
        """Id of the logged model."""
        return self.logged_model.model_id if self.logged_model else None

    @property
    def name(self) -> str | None:
        """Name of the logged model."""
        return self.logged_model.name if self.logged_model else None

    @property
    def creation_timestamp(self) -> int | None:
        """When the logged model was made, in milliseconds since the epoch."""
        return self.logged_model.creation_timestamp if self.logged_model else None

    @property
    def tags(self) -> dict[str, str] | None:
        """Tags of the logged model."""
        return self.logged_model.tags if self.logged_model else None

    @property
    def params(self) -> dict[str, str] | None:
        """Parameters of the logged model."""
        return self.logged_model.params if self.logged_model else None

    @property
    def metrics(self) -> list[Any] | None:
        """Metrics of the logged model."""
        return self.logged_model.metrics if self.logged_model else None

    @property
    def signature_dict(self) -> dict[str, Any] | None:
        """The signature as the MLmodel file has it."""
        return self.signature.to_dict() if self.signature else None


def get_model_info(model_uri: str) -> ModelInfo:
    """What there is to know about a model, without loading it.

    Args:
        model_uri: A model folder, or a `models:`, `runs:` or other artifact URI.

    Raises:
        MlflowException: `RESOURCE_DOES_NOT_EXIST`: there is none.
    """
    from mlflow.models.location import find_logged_model

    model = Model.load(model_uri)
    return model.get_model_info(find_logged_model(model_uri))
