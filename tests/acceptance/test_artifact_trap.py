"""The trap of guide 004, chapters 6 and 12: a database and a server's artifacts that do not go together."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlflow.tracking import MlflowClient
from tests.acceptance.conftest import Desk
from tests.acceptance.server import serving

pytestmark = pytest.mark.timeout(600)


def _log(uri: str, experiment: str, name: str) -> str:
    """Logs a file and says which run has it."""
    client = MlflowClient(tracking_uri=uri)
    found = client.get_experiment_by_name(experiment)
    run_id = client.create_run(
        found.experiment_id if found else client.create_experiment(experiment)
    ).info.run_id
    client.log_text(run_id, f"the text of {name}", f"texts/{name}")
    return run_id


def _text(uri: str, run_id: str, name: str, folder: Path) -> str:
    client = MlflowClient(tracking_uri=uri)
    assert [file.path for file in client.list_artifacts(run_id, "texts")] == [f"texts/{name}"]
    return Path(client.download_artifacts(run_id, f"texts/{name}", str(folder))).read_text()


def _where(folder: Path, name: str) -> Path:
    (found,) = folder.rglob(name)
    return found


@pytest.mark.parametrize("experiment", ["Default", "made by the first"])
@pytest.mark.parametrize("first", ["server", "database"])
def test_files_logged_through_a_server_and_through_its_database_are_in_one_place(
    tmp_path: Path, first: str, experiment: str
) -> None:
    (folder := tmp_path / "project").mkdir()
    database = f"sqlite:///{folder / 'mlflow.db'}"
    runs: dict[str, str] = {}
    if first == "database":
        runs["database.txt"] = _log(database, experiment, "database.txt")
    with serving(folder) as server:
        runs["server.txt"] = _log(server, experiment, "server.txt")
        runs["while.txt"] = _log(database, experiment, "while.txt")
        if first == "server":
            runs["database.txt"] = _log(database, experiment, "database.txt")
        for name, run_id in runs.items():
            for uri in (server, database):
                (to := tmp_path / f"{name} {uri[:4]}").mkdir()
                assert _text(uri, run_id, name, to) == f"the text of {name}"
    places = {_where(folder, name).parents[3] for name in runs}
    assert len(places) == 1, places


def test_a_script_that_names_no_server_logs_into_an_experiment_that_a_server_made(alone: Desk) -> None:
    with serving(alone.folder) as server:
        client = MlflowClient(tracking_uri=server)
        client.create_experiment("Wine-Classification-v2")
        client.create_experiment("Your-Experiment-Name")
    said = alone.run("guide004_12_fresh_experiment.py") + alone.run("guide004_12_check.py")
    said += alone.run("guide004_12_diagnostic.py")
    assert "experiment artifact location: " in said
    (run,) = alone.read()["runs"]
    assert (run["experiment"], list(run["files"])) == ("Wine-Classification-v2", ["plot.png"])


def test_a_moved_folder_keeps_its_files(tmp_path: Path) -> None:
    (folder := tmp_path / "before").mkdir()
    with serving(folder) as server:
        by_server = _log(server, "moved", "server.txt")
    by_database = _log(f"sqlite:///{folder / 'mlflow.db'}", "moved", "database.txt")
    shutil.move(folder, moved := tmp_path / "after")
    database = f"sqlite:///{moved / 'mlflow.db'}"
    (to := tmp_path / "to").mkdir()
    assert _text(database, by_server, "server.txt", to) == "the text of server.txt"
    again = _log(database, "moved", "again.txt")
    with serving(moved) as server:
        for name, run_id in {
            "server.txt": by_server,
            "database.txt": by_database,
            "again.txt": again,
        }.items():
            assert _text(server, run_id, name, to) == f"the text of {name}"
    assert not folder.exists()
    assert len({_where(moved, name).parents[3] for name in ("server.txt", "database.txt", "again.txt")}) == 1


def test_a_folder_is_a_tracking_uri(alone: Desk) -> None:
    alone.run("guide004_12_local_files.py", as_it_is=True)
    alone.uri = "./mlruns"
    (run,) = alone.read()["runs"]
    assert list(run["files"]) == ["plot.png"]
    assert _where(alone.folder / "mlruns", "plot.png").exists()
    assert not (alone.folder / "mlflow.db").exists()
