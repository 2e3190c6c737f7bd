"""What a model takes and gives."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.types.inference import infer_param_schema, infer_schema
from mlflow.types.schema import AnyType, ColSpec, ParamSchema, Schema, convert_dataclass_to_schema

_logger = logging.getLogger(__name__)


class ModelSignature:
    """What a model takes and gives.

    Args:
        inputs: Its input: a schema, or a dataclass that is turned into one.
        outputs: Its output, likewise.
        params: Its parameters.

    Raises:
        ValueError: None of the three is given.
        TypeError: One of them is something else.
    """

    def __init__(
        self,
        inputs: Schema | Any = None,
        outputs: Schema | Any = None,
        params: ParamSchema | None = None,
    ) -> None:
        if inputs is None and outputs is None and not params:
            raise ValueError("At least one of inputs, outputs or params must be provided")
        if params is not None and not isinstance(params, ParamSchema):
            raise TypeError(
                "If params are provided, they must by of type mlflow.models.signature.ParamSchema, "
                f"got '{type(params).__name__}'"
            )
        self.inputs = _as_schema(inputs, "inputs")
        self.outputs = _as_schema(outputs, "outputs")
        self.params = params
        # Whether they stand for the hints of `predict`, which says itself how its input is checked.
        self._is_signature_from_type_hint = False
        self._is_type_hint_from_example = False

    def to_dict(self) -> dict[str, Any]:
        """The form of the MLmodel file: a JSON text or `None` for each of the three."""
        return {
            "inputs": self.inputs.to_json() if self.inputs else None,
            "outputs": self.outputs.to_json() if self.outputs else None,
            "params": self.params.to_json() if self.params else None,
        }

    @classmethod
    def from_dict(cls, signature_dict: dict[str, Any]) -> ModelSignature:
        """The signature of which `to_dict` made this.

        Raises:
            MlflowException: A part of it is not the JSON of a schema.
        """
        try:
            inputs, outputs, params = (signature_dict.get(key) for key in ("inputs", "outputs", "params"))
            read = (
                Schema.from_json(inputs) if inputs else None,
                Schema.from_json(outputs) if outputs else None,
                ParamSchema.from_json(params) if params else None,
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InvalidParameterValue(
                f"The signature cannot be read ({type(error).__name__}: {error}): {signature_dict}"
            ) from error
        return cls(*read)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ModelSignature) and (
            (self.inputs, self.outputs, self.params) == (other.inputs, other.outputs, other.params)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"inputs: \n  {self.inputs}\noutputs: \n  {self.outputs}\nparams: \n  {self.params}\n"


class _TypeHints:
    """Type hints of `predict`. Its name and attributes are those that MLflow's pickles refer to.

    Args:
        input_: Hint of the input.
        output: Hint of what it gives.
    """

    def __init__(self, input_: Any = None, output: Any = None) -> None:
        self.input = input_
        self.output = output

    def __repr__(self) -> str:
        return f"<input: {self.input}, output: {self.output}>"


def infer_signature(
    model_input: Any = None, model_output: Any = None, params: dict[str, Any] | None = None
) -> ModelSignature:
    """The signature that examples of input, output and parameters have.

    Input or output that no schema describes (mixed columns, say) is described as anything, with a warning
    that says why.

    Args:
        model_input: Input as the model takes it: DataFrame, Series, array, dictionary, list or scalar.
        model_output: Output as the model gives it, likewise.
        params: Parameters with their defaults.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: a parameter has a value that none can have.
        ValueError: Nothing is given.

    Example:
        `infer_signature(X_train, model.predict(X_train))`
    """
    return ModelSignature(
        _schema_or_anything(model_input, "inputs"),
        _schema_or_anything(model_output, "outputs"),
        infer_param_schema(params) if params else None,
    )


def set_signature(model_uri: str, signature: ModelSignature) -> None:
    """Sets the signature of a model that is logged already.

    Args:
        model_uri: `models:/m-…`, `runs:/…` or the folder of a saved model. Versions of registered models stay
            as they were registered; set the signature of their source and register it again.
        signature: Its new signature.

    Raises:
        MlflowException: The URI names no such model, or a registered version.
    """
    from mlflow.models.location import fetch_model_file, replace_model_file
    from mlflow.models.model import Model

    if not isinstance(signature, ModelSignature):
        raise InvalidParameterValue(f"Expected a ModelSignature, got {type(signature).__name__}")
    model = Model.from_yaml(fetch_model_file(model_uri))
    model.signature = signature
    replace_model_file(model_uri, model.to_yaml())


def _as_schema(value: Any, role: str) -> Schema | None:
    if value is None or isinstance(value, Schema):
        return value
    if dataclasses.is_dataclass(value):
        return convert_dataclass_to_schema(value)
    raise TypeError(
        f"{role} must be either None, mlflow.models.signature.Schema, or a dataclass,"
        f"got '{type(value).__name__}'"
    )


def _schema_or_anything(example: Any, role: str) -> Schema | None:
    if example is None:
        return None
    try:
        return infer_schema(example)
    except MlflowException as error:
        _logger.warning(
            "The %s are described as anything, because no schema fits the example: %s", role, error.message
        )
        return Schema([ColSpec(AnyType())])
