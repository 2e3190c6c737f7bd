"""The PaddlePaddle flavor."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.pickling import refuse_pickle
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.models.example import split_example
from mlflow.models.fetched import payload_path
from mlflow.types._libraries import is_array, is_frame

_PREFIX = "model"


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    import paddle

    training = options["training"]
    if isinstance(model, paddle.Model):
        model.save(str(folder / _PREFIX), training=training)
    elif training:
        raise InvalidParameterValue(
            "`training=True` keeps the optimizer, which a layer has not: pass a paddle.Model"
        )
    else:
        paddle.jit.save(model, str(folder / _PREFIX), input_spec=_input_spec(model, options["input_example"]))
    return Payload(
        flavor={"pickled_model": _PREFIX},
        # What is kept for further training has no graph that could be run.
        pyfunc=None if training else {"model_path": _PREFIX},
    )


def _input_spec(layer: Any, example: Any) -> list[Any] | None:
    """What a layer is traced with: what it says itself, or one that is like the example."""
    import paddle
    from paddle.jit.dy2static.program_translator import StaticFunction

    if isinstance(layer.forward, StaticFunction) or isinstance(layer, paddle.jit.TranslatedLayer):
        return None
    if example is None:
        raise InvalidParameterValue(
            "A layer is kept as a graph, which takes the form of its input: pass `input_example`, or decorate "
            "`forward` with paddle.jit.to_static(input_spec=[...])"
        )
    tensor = _tensor(split_example(example).data)
    return [paddle.static.InputSpec([None, *tensor.shape[1:]], str(tensor.dtype).rpartition(".")[2])]


def _load(folder: Path, settings: dict[str, Any], model: Any = None, **kwargs: Any) -> Any:
    import paddle

    prefix = PurePosixPath(settings.get("pickled_model") or _PREFIX)
    place = payload_path(folder, str(prefix.parent))
    if not any(place.glob(f"{prefix.name}.pd*")):
        raise ResourceDoesNotExist(f"The model in {str(folder)!r} lacks its files {str(prefix)!r}")
    if model is not None:
        refuse_pickle(f"The model in {str(folder)!r}")
        model.load(str(place / prefix.name), **kwargs)
        return model
    if (place / f"{prefix.name}.pdparams").exists():
        raise InvalidParameterValue(
            "The model was saved with `training=True`, as weights without a graph; pass the paddle.Model that is to "
            "have them: mlflow.paddle.load_model(model_uri, model=...)"
        )
    # Versions of PaddlePaddle without its newer graphs read what they wrote of variables, too.
    if pickled := next(place.glob("*.info"), None):
        refuse_pickle(f"The part {pickled.name!r} of the model in {str(folder)!r}")
    layer = paddle.jit.load(str(place / prefix.name), **kwargs)
    layer.eval()
    return layer


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return lambda data, _params: _predictions(model, data)


def _predictions(model: Any, data: Any) -> Any:
    import paddle

    layer = model.network if isinstance(model, paddle.Model) else model
    was_training = layer.training
    layer.eval()
    try:
        with paddle.no_grad():
            answers = layer(_tensor(data))
    finally:
        layer.train() if was_training else layer.eval()
    return [answer.numpy() for answer in answers] if isinstance(answers, list | tuple) else answers.numpy()


def _tensor(data: Any) -> Any:
    import paddle

    if is_frame(data):
        # Its floats are double by default, and layers are single.
        return paddle.to_tensor(data.to_numpy(dtype="float32"))
    if not is_array(data):
        raise InvalidParameterValue(
            f"A PaddlePaddle model takes a table or an array; got {type(data).__name__}"
        )
    return paddle.to_tensor(data)


FLAVOR = Flavor(
    name="paddle",
    title="PaddlePaddle",
    library="paddle",
    package="paddlepaddle",
    packages=("numpy", "pandas"),
    save=_save,
    load=_load,
    loader_module="mlflow.paddle",
    version_key="paddle_version",
    predictor=_predictor,
    types=("paddle.hapi.model:Model", "paddle.nn.layer.layers:Layer"),
    model_argument="pd_model",
    options={
        "training": Option(
            False, "Keeps weights and optimizer for further training, instead of a graph that predicts."
        )
    },
    load_options={
        "model": Option(None, "The `paddle.Model` that gets the weights kept with `training=True`."),
        "kwargs": Option(None, "Passed to `paddle.jit.load`, or to the `load` of `model`."),
    },
    save_order="model path training conda_env code_paths mlflow_model signature input_example pip_requirements "
    "extra_pip_requirements metadata extra_files",
    log_order="model artifact_path training conda_env code_paths registered_model_name signature input_example "
    "await_registration_for pip_requirements extra_pip_requirements metadata extra_files name params tags "
    "model_type step model_id",
    load_order="model_uri model dst_path kwargs",
)
