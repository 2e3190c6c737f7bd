"""Pictures: what people have them as, and the files they become."""

from __future__ import annotations

import re
import sys
import uuid
import warnings
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import InvalidParameterValue, MissingExtra

if TYPE_CHECKING:
    import numpy
    import PIL.Image

COMPRESSED_SIZE = 256
"""Longer side of the small copy that lists of pictures show, in pixels."""

_KEY = re.compile(r"[\w\-./ ]+")


class Image:
    """A picture for `log_image` and for tables.

    Args:
        image: A PIL image, a numpy array, nested lists of numbers, or the path of a picture file.
    """

    image: PIL.Image.Image
    size: tuple[int, int]

    def __init__(self, image: Any) -> None:
        if isinstance(image, Image):
            self.image = image.image
        elif _is_pil(image):
            self.image = image
        elif isinstance(image, (str, PurePosixPath)) or hasattr(image, "__fspath__"):
            self.image = _pil().open(image)
        elif isinstance(image, list):
            import numpy

            self.image = array_to_image(numpy.array(image, dtype=numpy.uint8))
        elif _is_array(image):
            self.image = array_to_image(image)
        else:
            raise TypeError(_unsupported(image))
        self.size = self.image.size

    def to_list(self) -> list[Any]:
        """The pixels as nested lists."""
        pixels: list[Any] = self.to_array().tolist()
        return pixels

    def to_array(self) -> numpy.ndarray[Any, Any]:
        """The pixels as an array."""
        import numpy

        return numpy.array(self.image)

    def to_pil(self) -> PIL.Image.Image:
        """The picture as a PIL image."""
        return self.image

    def resize(self, size: tuple[int, int]) -> Image:
        """A copy of another size."""
        return Image(self.image.resize(size))

    def save(self, path: str) -> None:
        """Writes it to a file, in the form that the name's ending asks for."""
        self.image.save(path)


def to_pil(image: Any) -> PIL.Image.Image:
    """A picture as a PIL image.

    Raises:
        TypeError: It is neither an array, a PIL image nor an `Image`, or an array of something else than numbers.
        ValueError: An array has another shape than a picture, or values out of range.
        MissingExtra: Pillow is not installed.
    """
    if isinstance(image, Image):
        return image.to_pil()
    if _is_pil(image):
        picture: PIL.Image.Image = image
        return picture
    if _is_array(image):
        return array_to_image(image)
    raise TypeError(_unsupported(image))


def image_bytes(picture: PIL.Image.Image, artifact_file: str) -> bytes:
    """A picture in the form that the name's ending asks for.

    Raises:
        InvalidParameterValue: No form has that ending.
    """
    suffix = PurePosixPath(artifact_file).suffix.lower()
    form = _pil().registered_extensions().get(suffix)
    if form is None:
        raise InvalidParameterValue(
            f"The name {artifact_file!r} does not say in which form the picture is saved; use an ending such as '.png'"
        )
    content = BytesIO()
    picture.save(content, form)
    return content.getvalue()


def compressed(picture: PIL.Image.Image) -> PIL.Image.Image:
    """A small copy that keeps the proportions; pictures that are small already stay as they are."""
    width, height = picture.size
    longer = max(width, height)
    if longer <= COMPRESSED_SIZE:
        return picture
    scale = COMPRESSED_SIZE / longer
    return picture.resize((max(1, round(width * scale)), max(1, round(height * scale))))


def series_name(key: str, step: Any, timestamp: int) -> str:
    """Path, without its ending, of one picture of a series; what shows series reads the parts of the name.

    Raises:
        ValueError: The key has characters that cannot stand in it.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(
            "The `key` parameter may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), "
            f"and slashes (/). The provided key `{key}` contains invalid characters."
        )
    plain = key.replace("/", "~")
    return f"images/{plain}+step+{step}+timestamp+{timestamp}+{uuid.uuid4()}"


def array_to_image(array: Any) -> PIL.Image.Image:
    """An array of one, three or four channels as a picture.

    Integers are taken from 0 to 255 and floats from 0 to 1; floats outside of that are scaled, with a warning.
    """
    import numpy

    values = numpy.asarray(array)
    if values.dtype.kind not in "biuf":
        raise TypeError(
            f"Invalid array data type: '{values.dtype}'. "
            "Must be one of ['bool', 'signed integer', 'unsigned integer', 'floating']"
        )
    if values.ndim not in {2, 3}:
        raise ValueError(f"`image` must be a 2D or 3D array but got image shape: {values.shape}")
    if values.ndim == 3 and values.shape[2] not in {1, 3, 4}:
        raise ValueError(f"Invalid channel length: {values.shape[2]}. Must be one of [1, 3, 4]")
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    picture: PIL.Image.Image = _pil().fromarray(_as_uint8(values))
    return picture


def _as_uint8(values: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    import numpy

    if values.dtype.kind == "b":
        return values.astype(numpy.uint8) * 255
    if not values.size:
        return values.astype(numpy.uint8)
    low, high = values.min(), values.max()
    if values.dtype.kind in "iu":
        if low < 0 or high > 255:
            raise ValueError(
                f"Integer pixel values out of acceptable range [0, 255]. Found minimum value {low} and maximum value "
                f"{high}. Ensure all pixel values are within the specified range."
            )
        return values.astype(numpy.uint8)
    if low < 0 or high > 1:
        warnings.warn(
            f"Float pixel values out of acceptable range [0.0, 1.0]. Found minimum value {low} and maximum value "
            f"{high}. Rescaling values to [0.0, 1.0] with min/max scaler.",
            stacklevel=4,
        )
        values = (values - low) / ((high - low) or 1)
    return (values * 255).astype(numpy.uint8)


def _is_pil(value: Any) -> bool:
    pil = sys.modules.get("PIL.Image")
    return pil is not None and isinstance(value, pil.Image)


def _is_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def _pil() -> Any:
    try:
        import PIL.Image
    except ImportError:
        raise MissingExtra("Logging a picture", "pillow") from None
    PIL.Image.init()
    return PIL.Image


def _unsupported(image: Any) -> str:
    return (
        f"Unsupported image object type: {type(image)}. `image` must be one of numpy.ndarray, PIL.Image.Image, and "
        "mlflow.Image."
    )
