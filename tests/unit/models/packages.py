"""Packages to install in tests, which need nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path


def package(folder: Path) -> Path:
    """A package of one module, which is built without anything that has to be fetched."""
    folder.mkdir()
    (folder / "tiny_thing.py").write_text("VALUE = 7\n")
    info = "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n"
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (folder / "backend.py").write_text(
        "import zipfile\n"
        "def build_wheel(folder, config_settings=None, metadata_directory=None):\n"
        "    name = 'tiny_thing-1.0-py3-none-any.whl'\n"
        "    with zipfile.ZipFile(f'{folder}/{name}', 'w') as wheel:\n"
        "        wheel.write('tiny_thing.py')\n"
        f"        wheel.writestr('tiny_thing-1.0.dist-info/METADATA', {info!r})\n"
        "        wheel.writestr('tiny_thing-1.0.dist-info/WHEEL', "
        "'Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n"
        "        wheel.writestr('tiny_thing-1.0.dist-info/RECORD', '')\n"
        "    return name\n"
    )
    return folder
