"""The three forms in which a tree of Python objects is kept, such as a scikit-learn model, and which may be read."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Option
from mlflow._flavors.pickling import references_of, refuse_pickle
from mlflow.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from mlflow.exceptions import InvalidParameterValue, MissingExtra, PermissionDenied

_logger = logging.getLogger(__name__)

SKOPS = "skops"
PICKLE = "pickle"
CLOUDPICKLE = "cloudpickle"
FORMATS = [SKOPS, PICKLE, CLOUDPICKLE]

# skops refuses the nodes of trees, because a crafted file can crash the process that predicts with them.
_NEVER_SKOPS = {"sklearn.tree._tree.Tree"}

TRUSTED_TYPES = [
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRanker",
    "lightgbm.sklearn.LGBMRegressor",
    "numpy.dtype",
    "numpy.mean",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
    "scipy.sparse._csr.csr_matrix",
    "sklearn._loss.loss.HalfTweedieLossIdentity",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.cluster._bisect_k_means._BisectingTree",
    "sklearn.cluster._kmeans._kmeans_single_lloyd",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.feature_selection._univariate_selection.f_regression",
    "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
    "sklearn.gaussian_process.kernels.ConstantKernel",
    "sklearn.gaussian_process.kernels.Product",
    "sklearn.gaussian_process.kernels.RBF",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
]
"""Types that are read although skops does not trust them by itself, where pickles are forbidden.

They hold values or are plain functions. Types whose native code trusts its data (nodes of trees, k-d trees) are
left out: a crafted file of them can crash the process. The list is the loader's; what a model says about
itself is never asked.
"""


def file_name(serialization_format: str) -> str:
    """Name of the payload's file."""
    return "model.skops" if serialization_format == SKOPS else "model.pkl"


def check_format(serialization_format: str | None) -> None:
    """Refuses a format that is none of the three."""
    if serialization_format is not None and serialization_format not in FORMATS:
        raise InvalidParameterValue(
            f"Unrecognized serialization format: {serialization_format}. "
            f"Please specify one of the following supported formats: {FORMATS}."
        )


OPTIONS = {
    "serialization_format": Option(
        None,
        "`skops`, `cloudpickle` or `pickle`. By default skops where it reads the model back without the user's "
        "trust, else cloudpickle, so that what was just trained can always be saved.",
    ),
    "skops_trusted_types": Option(
        None, "Kept for MLflow's loader; by default the types that it has to be told of."
    ),
}
"""What `save_model` of a flavor takes whose models are kept in these forms."""


@dataclass(frozen=True)
class Written:
    """A model that was written in one of the forms.

    Attributes:
        file: Name of the payload's file.
        settings: What the MLmodel file says of the form.
        packages: Distributions that reading it needs.
        modules: Dotted names of the modules that it refers to.
    """

    file: str
    settings: dict[str, Any]
    packages: tuple[str, ...]
    modules: set[str]


def save(model: Any, folder: Path, options: dict[str, Any], trusted: Iterable[str] = ()) -> Written:
    """Writes the payload as the options ask for.

    Args:
        model: The model.
        folder: Its folder.
        options: Those of `OPTIONS`.
        trusted: Types that the flavor trusts beside those that skops does.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: the format is none of the three.
    """
    wanted = options["serialization_format"]
    check_format(wanted)
    references = references_of(model)
    if wanted is None:
        wanted = write_best(model, folder, references.names, trusted)
    else:
        write(model, folder, wanted)
    file = file_name(wanted)
    told = options["skops_trusted_types"]
    if wanted == SKOPS and told is None:
        # For MLflow's loader, which trusts what a model says of itself.
        told = untrusted_types(folder / file) or None
    packages = {SKOPS: ("skops",), CLOUDPICKLE: ("cloudpickle",)}.get(wanted, ())
    settings = {"serialization_format": wanted, "skops_trusted_types": told}
    return Written(file, settings, packages, references.modules)


def write(model: Any, folder: Path, serialization_format: str) -> None:
    """Writes the payload in the format."""
    file = folder / file_name(serialization_format)
    if serialization_format == SKOPS:
        _skops().dump(model, file)
        return
    with file.open("wb") as stream:
        if serialization_format == CLOUDPICKLE:
            import cloudpickle

            cloudpickle.dump(model, stream)
        else:
            pickle.dump(model, stream)


def write_best(model: Any, folder: Path, names: set[str], trusted: Iterable[str] = ()) -> str:
    """Writes the payload as skops where that reads back without the user's trust, else as cloudpickle.

    Args:
        model: The model.
        folder: Its folder.
        names: Classes and functions that the model refers to.
        trusted: Types that its flavor trusts beside those that skops does.

    Returns:
        The format that was written.
    """
    file = folder / file_name(SKOPS)
    if not names & _NEVER_SKOPS:
        try:
            skops = _skops()
            skops.dump(model, file)
            skops.load(file, trusted=sorted(trusted))
        except Exception as error:  # noqa: BLE001 - skops raises many kinds; each means that it does not cover the model
            _logger.debug("Saved as cloudpickle, because skops does not cover the model: %s", error)
        else:
            return SKOPS
        file.unlink(missing_ok=True)
    write(model, folder, CLOUDPICKLE)
    return CLOUDPICKLE


def read(file: Path, serialization_format: str) -> Any:
    """Reads a payload, where the settings allow it.

    Raises:
        MlflowException: `PERMISSION_DENIED`: it is a pickle, or holds types that are not trusted, and pickles are
            forbidden; `INVALID_PARAMETER_VALUE`: the format is none of the three.
    """
    check_format(serialization_format)
    if serialization_format == SKOPS:
        return _read_skops(file)
    return read_pickle(file)


def read_pickle(file: Path) -> Any:
    """Reads a pickle, where the settings allow it.

    Raises:
        MlflowException: `PERMISSION_DENIED`: they forbid it.
    """
    refuse_pickle(f"The model in {str(file)!r}")
    with file.open("rb") as stream:
        return pickle.load(stream)


def untrusted_types(file: Path) -> list[str]:
    """Types in a skops file that skops does not trust by itself."""
    return sorted(_skops().get_untrusted_types(file=file))


def _read_skops(file: Path) -> Any:
    found = untrusted_types(file)
    refused = sorted(set(found) - set(TRUSTED_TYPES))
    # Where pickles are read, refusing a type here would stop nobody: the same author could send a pickle.
    if refused and not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        raise PermissionDenied(
            f"The model in {str(file)!r} holds types that are not trusted: {refused}. "
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION is false, so it is not read. If you trust where it comes from, "
            "set MLFLOW_ALLOW_PICKLE_DESERIALIZATION=true."
        )
    return _skops().load(file, trusted=found)


def _skops() -> Any:
    try:
        import skops.io
    except ImportError as error:
        raise MissingExtra("The serialization format 'skops'", "skops") from error
    return skops.io
