"""Which files a registered model consists of, and whether they still are those."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class ModelFile(_MlflowObject):
    """A file of a model.

    Attributes:
        path: Path in the model's folder.
        size: Bytes.
        sha256: SHA-256 digest, in hexadecimal digits.
    """

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ModelManifest(_MlflowObject):
    """The files of a model when it was registered.

    Attributes:
        files: All of them, by path.
        has_signature: Whether its MLmodel file declares inputs and outputs.
        signature: What it declares: texts by `inputs`, `outputs` and `params`; empty if nothing, or if that was too
            much to keep.
    """

    files: list[ModelFile] = field(default_factory=list)
    has_signature: bool = False
    signature: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 digest over one line `<sha256> <size> <path>` for each file, by path."""
        lines = (f"{file.sha256} {file.size} {file.path}\n" for file in sorted(self.files, key=_path))
        return sha256("".join(lines).encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class ManifestCheck(_MlflowObject):
    """How the files of a model differ from those that were registered.

    Attributes:
        digest: Digest of the manifest.
        missing: Paths of files that are gone.
        changed: Paths of files with other content.
        added: Paths of files that were not there.
    """

    digest: str
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all files are what they were."""
        return not (self.missing or self.changed or self.added)

    def differences(self) -> list[str]:
        """What differs, in words, one line for each file."""
        return [
            *(f"{path!r} is missing" for path in self.missing),
            *(f"{path!r} has changed" for path in self.changed),
            *(f"{path!r} was added" for path in self.added),
        ]


def compare_manifests(recorded: ModelManifest, found: ModelManifest) -> ManifestCheck:
    """How files differ from those of a manifest."""
    before = {file.path: file for file in recorded.files}
    now = {file.path: file for file in found.files}
    return ManifestCheck(
        recorded.digest,
        sorted(before.keys() - now.keys()),
        sorted(path for path in before.keys() & now.keys() if before[path] != now[path]),
        sorted(now.keys() - before.keys()),
    )


def _path(file: ModelFile) -> str:
    return file.path
