from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

import mlflow
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist

mpl.use("Agg")
from matplotlib import pyplot as plt


def root() -> Path:
    """Where the artifacts of the active run lie."""
    return Path(mlflow.get_artifact_uri())


def files() -> list[str]:
    return sorted(path.relative_to(root()).as_posix() for path in root().rglob("*") if path.is_file())


class TestFiles:
    @pytest.fixture(autouse=True)
    def _files(self, session: Path) -> None:
        (session / "plots" / "inner").mkdir(parents=True)
        (session / "plots" / "a.png").write_text("a")
        (session / "plots" / "inner" / "b.png").write_text("b")

    def test_a_file_is_stored_under_its_name(self) -> None:
        mlflow.log_artifact("plots/a.png")
        mlflow.log_artifact(Path("plots/a.png"), "pictures/first")
        assert files() == ["a.png", "pictures/first/a.png"]

    def test_a_folder_is_stored_under_its_name_or_spilled(self) -> None:
        mlflow.log_artifact("plots/")
        mlflow.log_artifacts("plots", "spilled")
        assert files() == ["plots/a.png", "plots/inner/b.png", "spilled/a.png", "spilled/inner/b.png"]

    def test_a_missing_file_is_named(self) -> None:
        with pytest.raises(FileNotFoundError, match=r"no file 'plots/nope\.png' to log"):
            mlflow.log_artifact("plots/nope.png")

    def test_a_missing_folder_does_not_end_the_script(self, capsys: pytest.CaptureFixture[str]) -> None:
        mlflow.log_artifacts("nope")
        assert "Nothing was logged: there is no folder 'nope'" in capsys.readouterr().err

    @pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "C:/x", "a\\b"])
    def test_paths_that_lead_elsewhere_are_refused(self, path: str) -> None:
        with pytest.raises(InvalidParameterValue, match="Invalid artifact path"):
            mlflow.log_artifact("plots/a.png", path)
        with pytest.raises(InvalidParameterValue, match="Invalid artifact path"):
            mlflow.log_text("x", path)

    def test_a_run_may_be_named(self) -> None:
        other = mlflow.MlflowClient().create_run("0").info.run_id
        mlflow.log_artifact("plots/a.png", run_id=other)
        mlflow.log_artifacts("plots/inner", run_id=other)
        mlflow.log_text("t", "t.txt", run_id=other)
        mlflow.log_dict({}, "d.json", run_id=other)
        mlflow.log_stream(io.BytesIO(b"s"), "s.bin", run_id=other)
        names = [info.path for info in mlflow.artifacts.list_artifacts(run_id=other)]
        assert names == ["a.png", "b.png", "d.json", "s.bin", "t.txt"]
        assert mlflow.active_run() is None


class TestTexts:
    def test_text_is_stored_in_utf_8(self) -> None:
        mlflow.log_text("größer", "notes/a.txt")
        assert (root() / "notes" / "a.txt").read_bytes() == "größer".encode()

    def test_what_is_no_text_is_refused(self) -> None:
        with pytest.raises(TypeError, match="got int"):
            mlflow.log_text(3, "a.txt")  # type: ignore[arg-type]  # refused

    @pytest.mark.parametrize("name", ["a.json", "a.txt", "a"])
    def test_a_dictionary_is_json(self, name: str) -> None:
        mlflow.log_dict({"b": 1, "a": [1, 2], "é": pd.Timestamp(0)}, name)
        text = (root() / name).read_text()
        assert json.loads(text) == {"b": 1, "a": [1, 2], "é": "1970-01-01 00:00:00"}
        assert text.startswith('{\n  "b": 1,\n  "a": [')

    @pytest.mark.parametrize("name", ["a.yaml", "a.yml"])
    def test_a_dictionary_is_yaml_by_its_name(self, name: str) -> None:
        mlflow.log_dict({"b": 1, "a": [1, 2]}, name)
        text = (root() / name).read_text()
        assert yaml.safe_load(text) == {"b": 1, "a": [1, 2]}
        assert text == "a:\n- 1\n- 2\nb: 1\n"

    def test_a_stream_is_stored_as_it_comes(self) -> None:
        mlflow.log_stream(io.BytesIO(b"abc" * 1000), "s.bin")
        assert (root() / "s.bin").read_bytes() == b"abc" * 1000

    def test_a_stream_of_text_is_refused(self) -> None:
        with pytest.raises(InvalidParameterValue, match="binary mode"):
            mlflow.log_stream(io.StringIO("abc"), "s.txt")  # type: ignore[arg-type]  # refused


class TestFigures:
    @pytest.fixture
    def figure(self) -> Any:
        figure, axes = plt.subplots()
        axes.plot([1, 2])
        yield figure
        plt.close(figure)

    def test_a_figure_is_saved_in_the_form_of_its_name(self, figure: Any) -> None:
        mlflow.log_figure(figure, "plots/a.png")
        mlflow.log_figure(figure, "a.pdf")
        mlflow.log_figure(figure, "small.png", save_kwargs={"dpi": 10})
        with Image.open(root() / "plots" / "a.png") as large, Image.open(root() / "small.png") as small:
            assert large.size[0] > small.size[0]
        assert (root() / "a.pdf").read_bytes().startswith(b"%PDF")

    def test_a_name_without_an_ending_is_refused(self, figure: Any) -> None:
        with pytest.raises(InvalidParameterValue, match=r"add an ending such as '\.png'"):
            mlflow.log_figure(figure, "a")

    def test_what_is_no_figure_is_refused(self) -> None:
        with pytest.raises(TypeError, match="Unsupported figure object type"):
            mlflow.log_figure(3, "a.png")


class TestImages:
    def test_a_single_picture_is_saved_in_the_form_of_its_name(self) -> None:
        mlflow.log_image(np.zeros((4, 6, 3), dtype=np.uint8), "a.png")
        mlflow.log_image(Image.new("RGB", (6, 4)), "a.jpg")
        with Image.open(root() / "a.png") as png, Image.open(root() / "a.jpg") as jpg:
            assert (png.format, png.size, jpg.format, jpg.size) == ("PNG", (6, 4), "JPEG", (6, 4))

    def test_a_picture_of_a_series_is_named_by_what_it_is(self) -> None:
        mlflow.log_image(Image.new("RGB", (600, 300)), key="val/dogs", step=3, timestamp=17, synchronous=True)
        large, small = (root() / name for name in sorted(files(), key=len))
        assert large.name.startswith("val~dogs+step+3+timestamp+17+")
        assert large.suffix == ".png"
        assert small.name == large.name.replace(".png", "+compressed.webp")
        with Image.open(large) as whole, Image.open(small) as compressed:
            assert (whole.size, compressed.size) == ((600, 300), (256, 128))
        run = mlflow.active_run()
        assert run is not None
        assert mlflow.get_run(run.info.run_id).data.tags["mlflow.loggedImages"] == "True"

    def test_a_series_is_sent_in_the_background_as_it_was_when_it_was_logged(self) -> None:
        pixels = np.zeros((4, 4), dtype=np.uint8)
        for step in range(5):
            mlflow.log_image(pixels, key="k", step=step)
            pixels += 40
        mlflow.flush_artifact_async_logging()
        names = [name for name in files() if name.endswith(".png")]
        values = []
        for name in sorted(names, key=lambda name: name.split("+step+")[1]):
            with Image.open(root() / name) as picture:
                values.append(picture.getpixel((0, 0)))
        assert values == [0, 40, 80, 120, 160]

    def test_exactly_one_kind_of_name_is_given(self) -> None:
        picture = Image.new("L", (1, 1))
        with pytest.raises(TypeError, match="exactly one of"):
            mlflow.log_image(picture)
        with pytest.raises(TypeError, match="cannot be used in conjunction"):
            mlflow.log_image(picture, "a.png", step=1)

    def test_a_key_that_cannot_be_a_name_is_refused(self) -> None:
        with pytest.raises(ValueError, match="contains invalid characters"):
            mlflow.log_image(Image.new("L", (1, 1)), key="a#b")


class TestTables:
    def test_rows_are_added(self) -> None:
        mlflow.log_table({"q": ["a", "b"], "n": [1, 2]}, "eval/t.json")
        mlflow.log_table(pd.DataFrame({"q": ["c"], "n": [3]}), "eval/t.json")
        text = (root() / "eval" / "t.json").read_text()
        assert text == '{"columns":["q","n"],"data":[["a",1],["b",2],["c",3]]}'
        assert mlflow.load_table("eval/t.json").to_dict("list") == {"q": ["a", "b", "c"], "n": [1, 2, 3]}

    def test_the_run_names_each_table_once(self) -> None:
        with mlflow.start_run() as run:
            for name in ("a.json", "b.json", "a.json"):
                mlflow.log_table({"q": [1]}, name)
            tag = mlflow.get_run(run.info.run_id).data.tags["mlflow.loggedArtifacts"]
        assert json.loads(tag) == [
            {"path": "a.json", "type": "table"},
            {"path": "b.json", "type": "table"},
        ]

    def test_single_values_are_one_row(self) -> None:
        mlflow.log_table({"q": "a", "n": 1}, "t.json")
        assert mlflow.load_table("t.json").to_dict("list") == {"q": ["a"], "n": [1]}

    def test_tables_of_several_runs_are_joined_with_facts_of_the_runs(self) -> None:
        ids = []
        for value in (1, 2):
            with mlflow.start_run() as run:
                mlflow.log_param("p", value)
                mlflow.log_table({"n": [value]}, "t.json")
            ids.append(run.info.run_id)
        frame = mlflow.load_table("t.json", extra_columns=["run_id", "params.p"])
        assert dict(zip(frame["run_id"], frame["n"], strict=True)) == {ids[0]: 1, ids[1]: 2}
        assert list(frame["params.p"]) == [str(value) for value in frame["n"]]
        assert list(mlflow.load_table("t.json", run_ids=[ids[0]])["n"]) == [1]
        with pytest.raises(InvalidParameterValue, match="has no column 'colour'"):
            mlflow.load_table("t.json", extra_columns=["colour"])

    def test_a_table_that_no_run_has_is_missing(self) -> None:
        mlflow.log_table({"n": [1]}, "t.json")
        with pytest.raises(ResourceDoesNotExist, match=r"'other\.json'"):
            mlflow.load_table("other.json")

    def test_pictures_are_stored_beside_the_table(self) -> None:
        mlflow.log_table({"n": [1], "picture": [mlflow.Image(np.zeros((2, 2)))]}, "t.json")
        reference = mlflow.load_table("t.json")["picture"][0]
        assert reference["type"] == "image"
        with Image.open(root() / reference["filepath"]) as picture:
            assert picture.size == (2, 2)
        assert (root() / reference["compressed_filepath"]).is_file()

    def test_other_data_and_other_names_are_refused(self) -> None:
        with pytest.raises(InvalidParameterValue, match=r"pandas\.DataFrame or a dictionary"):
            mlflow.log_table([1], "t.json")  # type: ignore[arg-type]  # refused
        with pytest.raises(ValueError, match=r"'\.json' or '\.parquet'"):
            mlflow.log_table({"n": [1]}, "t.csv")


class TestArtifactUri:
    def test_it_is_that_of_the_run_of_a_file_or_of_a_logged_model(self, session: Path) -> None:
        with mlflow.start_run() as run:
            assert mlflow.get_artifact_uri() == run.info.artifact_uri
            assert mlflow.get_artifact_uri("a/b.txt") == f"{run.info.artifact_uri}/a/b.txt"
            model = mlflow.initialize_logged_model("model")
            (session / "MLmodel").write_text("m")
            mlflow.MlflowClient().log_model_artifact(model.model_id, "MLmodel")
            assert mlflow.get_artifact_uri("model") == model.artifact_location
            assert mlflow.get_artifact_uri("model/MLmodel") == f"{model.artifact_location}/MLmodel"
            mlflow.log_text("own", "model/own.txt")
            assert mlflow.get_artifact_uri("model") == f"{run.info.artifact_uri}/model"
