"""The project that this process works in: what its file says, and which stores it has written to."""

from __future__ import annotations

import re
from pathlib import Path

from mlflow._base.cache import cache_folder
from mlflow._base.project import FILE_NAME, Project, find_project
from mlflow._base.uri import redact_uri
from mlflow._session.git import work_tree
from mlflow._session.source import source_folder
from mlflow.exceptions import InvalidParameterValue

_MOST_STORES = 20
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

_project: tuple[Project | None] | None = None  # a tuple once it was looked for


def project() -> Project | None:
    """What the file of the project says, found from the folder that the process was in when it first asked.

    Raises:
        InvalidParameterValue: The file is broken.
    """
    global _project
    if _project is None:
        _project = (find_project(Path.cwd()),)
    return _project[0]


def forget_project() -> None:
    """Looks for the file again at the next question."""
    global _project
    _project = None


def project_experiment_name() -> str | None:
    """Name of the experiment that the project's file has for new runs, if it has one.

    Raises:
        InvalidParameterValue: It has an unknown placeholder.
    """
    found = project()
    if found is None or found.experiment_name is None:
        return None
    folder, script = source_folder()
    repository = work_tree(folder) or found.file.parent
    names = {"repository": repository.name, "script": script}
    unknown = [name for name in _PLACEHOLDER.findall(found.experiment_name) if name not in names]
    if unknown:
        raise InvalidParameterValue(
            f"{found.file}: {{{unknown[0]}}} in the experiment_name {found.experiment_name!r} is unknown; "
            "there are {repository} and {script}"
        )
    return _PLACEHOLDER.sub(lambda match: names[match[1]], found.experiment_name)


def other_store(uri: str) -> str | None:
    """What to tell when a project begins to write to a second store; else `None`.

    A project is what has a file that names a store, or else a git repository, whose stores are remembered on this
    machine; those in the folder for temporary files do not count.

    Args:
        uri: Absolute URI of the store that is written to now.
    """
    found = project()
    if found is not None and found.tracking_uri is not None:
        from mlflow._storage.open import absolute_uri

        meant = absolute_uri(found.tracking_uri, found.file.parent)
        if meant == uri:
            return None
        return (
            f"This run goes to {redact_uri(uri)}, but {found.file} names {redact_uri(meant)} as the store of the "
            "project. What was set by a call or by MLFLOW_TRACKING_URI wins."
        )
    tree = work_tree(source_folder()[0])
    if tree is None or _is_temporary(uri):
        return None
    before = _remember(tree, redact_uri(uri))
    if not before:
        return None
    return (
        f"This run goes to {redact_uri(uri)}, but runs of the project {tree} went to {before[-1]} before. To keep them "
        f'in one place, put this into {tree / FILE_NAME}:\n  [tool.mlflow]\n  tracking_uri = "{before[-1]}"'
    )


def _remember(tree: Path, uri: str) -> list[str]:
    """Notes a store of a repository; returns those before it, if it was not among them."""
    from hashlib import sha256

    file = cache_folder("projects") / sha256(str(tree).encode()).hexdigest()[:32]
    try:
        known = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        if uri in known:
            return []
        before = [each for each in known if not _is_gone(each)]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join([*before, uri][-_MOST_STORES:]) + "\n", encoding="utf-8")
    except OSError:  # what cannot be remembered is not told
        return []
    return before


def _is_gone(uri: str) -> bool:
    return uri.startswith("sqlite:///") and not Path(uri.removeprefix("sqlite:///")).exists()


def _is_temporary(uri: str) -> bool:
    import tempfile

    for scheme in ("sqlite:///", "file://"):
        if uri.startswith(scheme):
            return Path(uri.removeprefix(scheme)).is_relative_to(tempfile.gettempdir())
    return False
