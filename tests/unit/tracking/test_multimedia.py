from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow.exceptions import InvalidParameterValue
from mlflow.tracking.multimedia import Image, array_to_image, compressed, image_bytes, series_name, to_pil


@pytest.mark.parametrize(
    ("shape", "mode"), [((4, 6), "L"), ((4, 6, 1), "L"), ((4, 6, 3), "RGB"), ((4, 6, 4), "RGBA")]
)
def test_arrays_of_one_three_and_four_channels_are_pictures(shape: tuple[int, ...], mode: str) -> None:
    picture = array_to_image(np.full(shape, 7, dtype=np.uint8))
    assert (picture.size, picture.mode) == ((6, 4), mode)


@pytest.mark.parametrize(
    ("values", "pixels"),
    [
        (np.array([[True, False]]), [255, 0]),
        (np.array([[0.0, 1.0]]), [0, 255]),
        (np.array([[0, 200]], dtype=np.int64), [0, 200]),
        (np.zeros((1, 0)), []),
    ],
)
def test_values_are_scaled_by_their_type(values: Any, pixels: list[int]) -> None:
    assert np.array(array_to_image(values)).ravel().tolist() == pixels


def test_floats_out_of_range_are_scaled_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="out of acceptable range"):
        picture = array_to_image(np.array([[-1.0, 1.0, 3.0]]))
    assert np.array(picture).ravel().tolist() == [0, 127, 255]


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (np.array([[300]]), ValueError, "Integer pixel values out of acceptable range"),
        (np.array([[-1]]), ValueError, "Integer pixel values out of acceptable range"),
        (np.array([1]), ValueError, "must be a 2D or 3D array"),
        (np.zeros((2, 2, 5)), ValueError, "Invalid channel length: 5"),
        (np.array([["a"]]), TypeError, "Invalid array data type"),
    ],
)
def test_other_arrays_are_refused(values: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        array_to_image(values)


@pytest.mark.parametrize("value", ["a.png", 3, None])
def test_other_things_are_no_pictures(value: object) -> None:
    with pytest.raises(TypeError, match="Unsupported image object type"):
        to_pil(value)


class TestImage:
    def test_it_is_made_of_everything_that_holds_pixels(self, tmp_path: Path) -> None:
        pixels = [[[1, 2, 3], [4, 5, 6]]]
        made = Image(pixels)
        made.save(str(tmp_path / "a.png"))
        for other in (Image(np.array(pixels, dtype=np.uint8)), Image(made), Image(tmp_path / "a.png")):
            assert other.to_list() == pixels
            assert other.size == (2, 1)

    def test_resizing_makes_a_copy(self) -> None:
        made = Image(np.zeros((10, 20)))
        smaller = made.resize((5, 5))
        assert (made.size, smaller.size, smaller.to_pil().size) == ((20, 10), (5, 5), (5, 5))

    def test_other_things_are_refused(self) -> None:
        with pytest.raises(TypeError, match="Unsupported image object type"):
            Image(3)


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_small_copies_fit_and_keep_their_proportions(width: int, height: int) -> None:
    small = compressed(PIL.Image.new("L", (width, height)))
    assert max(small.size) <= 256
    if max(width, height) <= 256:
        assert small.size == (width, height)
    else:
        assert max(small.size) == 256
        scale = 256 / max(width, height)
        assert abs(small.size[0] - width * scale) <= 1
        assert abs(small.size[1] - height * scale) <= 1


def test_a_name_without_a_known_ending_is_refused() -> None:
    with pytest.raises(InvalidParameterValue, match="use an ending such as"):
        image_bytes(PIL.Image.new("L", (1, 1)), "a.what")


@given(st.from_regex(r"[\w\-./ ]+", fullmatch=True), st.integers(), st.integers(0))
def test_the_name_of_a_picture_of_a_series_tells_its_parts(key: str, step: int, timestamp: int) -> None:
    name = series_name(key, step, timestamp)
    folder, _, stem = name.partition("/")
    assert folder == "images"
    plain, *rest = stem.split("+")
    assert plain.replace("~", "/") == key
    assert rest[:4] == ["step", str(step), "timestamp", str(timestamp)]
    assert len(rest) == 5
