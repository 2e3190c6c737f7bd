"""The original distribution in the same folder: two packages of one name overwrite each other's files."""

from __future__ import annotations

import os
import warnings

_ORIGINALS = ("mlflow-", "mlflow_skinny-", "mlflow_tracing-")


def warn_of_original(package_file: str) -> None:
    """Warns when the folder that a package lies in also holds the metadata of an original distribution.

    One look into a folder; `importlib.metadata` would cost more than the whole import.

    Args:
        package_file: `__file__` of the package.
    """
    site = os.path.dirname(os.path.dirname(package_file))  # noqa: PTH120 - pathlib costs more than the look
    try:
        names = os.listdir(site)  # noqa: PTH208 - as above
    except OSError:
        return
    found = [name for name in names if name.startswith(_ORIGINALS) and name.endswith(".dist-info")]
    if found:
        name, _, version = found[0].removesuffix(".dist-info").partition("-")
        warnings.warn(
            f"Headrace and the original distribution {name.replace('_', '-')} {version} are installed in the same "
            f"environment ({site}) and share the folder 'mlflow', which breaks both. Remove the original and put "
            f"Headrace's files back: pip uninstall -y mlflow mlflow-skinny mlflow-tracing && "
            f"pip install --force-reinstall --no-deps headrace",
            stacklevel=3,
        )
