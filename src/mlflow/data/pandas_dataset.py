"""Datasets that are DataFrames."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlflow.data._digests import frame_digest
from mlflow.data.code_dataset_source import current_code
from mlflow.data.dataset import Dataset
from mlflow.data.dataset_source import DatasetSource
from mlflow.data.dataset_source_registry import resolve_dataset_source
from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.types._libraries import is_frame
from mlflow.types.inference import infer_schema
from mlflow.types.schema import Schema

if TYPE_CHECKING:
    import pandas


class PandasDataset(Dataset):
    """A DataFrame as a dataset.

    Args:
        df: The DataFrame.
        source: Where it came from.
        targets: Column to be predicted.
        name: Name; `dataset` by default.
        digest: Fingerprint of the content; computed by default.
        predictions: Column of predictions.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: one of the columns is not there.
    """

    def __init__(
        self,
        df: pandas.DataFrame,
        source: DatasetSource,
        targets: str | None = None,
        name: str | None = None,
        digest: str | None = None,
        predictions: str | None = None,
    ) -> None:
        for role, column in (("targets", targets), ("predictions", predictions)):
            if column is not None and column not in df.columns:
                raise InvalidParameterValue(
                    f"The specified pandas DataFrame does not contain the specified {role} column '{column}'."
                )
        self._df = df
        self._targets = targets
        self._predictions = predictions
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        return frame_digest(self._df)

    @property
    def df(self) -> pandas.DataFrame:
        """The DataFrame."""
        return self._df

    @property
    def targets(self) -> str | None:
        """Column to be predicted."""
        return self._targets

    @property
    def predictions(self) -> str | None:
        """Column of predictions."""
        return self._predictions

    @property
    def profile(self) -> dict[str, int]:
        """Numbers of rows and of cells."""
        return {"num_rows": len(self._df), "num_elements": int(self._df.size)}

    @property
    def schema(self) -> Schema | None:
        """Its columns; `None` where no schema describes them."""
        try:
            return infer_schema(self._df)
        except MlflowException:
            return None

    def to_dict(self) -> dict[str, str]:
        schema = self.schema
        described = json.dumps({"mlflow_colspec": schema.to_dict()}) if schema else None
        form: dict[str, Any] = super().to_dict()
        return {**form, "schema": described, "profile": json.dumps(self.profile)}


def from_pandas(
    df: pandas.DataFrame,
    source: str | DatasetSource | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PandasDataset:
    """A dataset of a DataFrame.

    Args:
        df: The DataFrame.
        source: Where it came from: a path, a URL or a source; the running script by default.
        targets: Column to be predicted.
        name: Name; `dataset` by default.
        digest: Fingerprint of the content; computed by default.
        predictions: Column of predictions.

    Raises:
        MlflowException: It is no DataFrame, a column is not there, or the source is of no known kind.

    Example:
        `mlflow.log_input(mlflow.data.from_pandas(frame, source="iris.csv", targets="species"), "training")`
    """
    if not is_frame(df):
        raise InvalidParameterValue(f"Expected a pandas DataFrame, got {type(df).__name__}")
    found = current_code() if source is None else resolve_dataset_source(source)
    return PandasDataset(df, found, targets, name, digest, predictions)
