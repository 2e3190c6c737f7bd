"""Pictures as artifacts of runs: single files, and series with steps."""

from __future__ import annotations

from typing import Any

from mlflow._base.clock import now_ms
from mlflow._storage.interface.store import Store
from mlflow.entities.tag import RunTag
from mlflow.tracking.artifacts import log_bytes, run_root
from mlflow.tracking.multimedia import compressed, image_bytes, series_name, to_pil

LOGGED_IMAGES = "mlflow.loggedImages"


def log_image(
    store: Store,
    run_id: str,
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: Any = None,
    timestamp: Any = None,
    synchronous: bool | None = True,
) -> None:
    """Stores a picture, under a name of its own or as one of a series.

    Args:
        store: Where the run is.
        run_id: The run.
        image: What `to_pil` takes.
        artifact_file: Name of a single picture.
        key: Name of a series; the picture is stored whole as PNG, and small as WebP.
        step: Place in the series; 0 by default.
        timestamp: Milliseconds since the epoch; now by default.
        synchronous: Whether to wait until a picture of a series is stored.

    Raises:
        TypeError: Not exactly one of `artifact_file` and `key` is given.
    """
    if artifact_file is not None and not (key is None and step is None and timestamp is None):
        raise TypeError(
            "The `artifact_file` parameter cannot be used in conjunction with `key`, `step`, or `timestamp` parameters."
        )
    if artifact_file is not None:
        log_bytes(run_root(store, run_id), image_bytes(to_pil(image), artifact_file), artifact_file)
        return
    if key is None:
        raise TypeError(
            "Invalid arguments: Please specify exactly one of `artifact_file` or `key`. Use `key` to log dynamic image "
            "charts or `artifact_file` for saving static images."
        )
    name = series_name(key, 0 if step is None else step, now_ms() if timestamp is None else timestamp)
    # Made into files here: the caller may change the picture as soon as this returns.
    picture = to_pil(image)
    large, small = f"{name}.png", f"{name}+compressed.webp"
    contents = {large: image_bytes(picture, large), small: image_bytes(compressed(picture), small)}
    root = run_root(store, run_id)

    def send() -> None:
        for path, content in contents.items():
            log_bytes(root, content, path)
        store.tags.set(run_id, RunTag(LOGGED_IMAGES, "True"))

    if synchronous is None or synchronous:
        send()
        return
    from mlflow.tracking.uploads import send_later

    send_later(f"The picture {key!r} of run {run_id}", send)
