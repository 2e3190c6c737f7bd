"""What predicts with, serves and packs the models of a flavor: the interface that other packages implement."""

from __future__ import annotations

from typing import Any

from mlflow.exceptions import NotSupported

_INSTEAD = (
    "`mlflow models predict` answers requests in the environment that a model was saved with, and "
    "`mlflow models prepare-env` builds that environment"
)


class FlavorBackend:
    """Predicts with, serves and packs the models of a flavor.

    A backend overrides what it can do; the rest is refused.

    Args:
        config: Settings of the flavor, as the MLmodel file has them.
        **kwargs: What only some backends take.
    """

    def __init__(self, config: dict[str, Any], **kwargs: Any) -> None:  # noqa: ARG002 - some backends take more
        self._config = config

    def predict(self, model_uri: str, input_path: str, output_path: str, content_type: str) -> Any:
        """Predicts for a file, into a file."""
        del model_uri, input_path, output_path, content_type
        raise self._not_supported("predict")

    def serve(
        self,
        model_uri: str,
        port: int,
        host: str,
        timeout: int,
        synchronous: bool = True,
        stdout: Any = None,
        stderr: Any = None,
    ) -> Any:
        """Answers scoring requests over HTTP."""
        del model_uri, port, host, timeout, synchronous, stdout, stderr
        raise self._not_supported("serve models")

    def prepare_env(self, model_uri: str, capture_output: bool = False) -> Any:
        """Builds the environment that a model needs."""
        del model_uri, capture_output
        raise self._not_supported("build environments")

    def generate_dockerfile(
        self,
        model_uri: str | None,
        output_dir: str,
        install_java: bool = False,
        install_mlflow: bool = False,
        mlflow_home: str | None = None,
        base_image: str | None = None,
    ) -> Any:
        """Writes what builds an image that serves a model."""
        del model_uri, output_dir, install_java, install_mlflow, mlflow_home, base_image
        raise self._not_supported("write Dockerfiles")

    def build_image(
        self,
        model_uri: str | None,
        image_name: str,
        install_java: bool = False,
        install_mlflow: bool = False,
        mlflow_home: str | None = None,
        base_image: str | None = None,
    ) -> Any:
        """Builds an image that serves a model."""
        del model_uri, image_name, install_java, install_mlflow, mlflow_home, base_image
        raise self._not_supported("build images")

    def can_score_model(self) -> bool:
        """Whether it can predict here."""
        return type(self).predict is not FlavorBackend.predict

    def can_build_image(self) -> bool:
        """Whether it can build images."""
        return type(self).build_image is not FlavorBackend.build_image

    def _not_supported(self, what: str) -> NotSupported:
        return NotSupported(f"{type(self).__name__} cannot {what}. {_INSTEAD}")


def build_docker(
    model_uri: str | None = None,
    name: str = "mlflow-pyfunc",
    env_manager: str = "virtualenv",
    mlflow_home: str | None = None,
    install_java: bool = False,
    install_mlflow: bool = False,
    base_image: str | None = None,
) -> None:
    """Builds an image that serves a model: not built yet, like serving itself.

    Raises:
        MlflowException: `NOT_IMPLEMENTED`, always.
    """
    del env_manager, mlflow_home, install_java, install_mlflow, base_image
    what = "any model" if model_uri is None else repr(str(model_uri))
    raise NotSupported(
        f"The image {name!r} for {what} was not built: Headrace does not serve models yet. {_INSTEAD}"
    )
