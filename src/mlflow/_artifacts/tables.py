"""The two forms in which a table is an artifact: JSON in the form that pandas calls `split`, or Parquet."""

from __future__ import annotations

import json
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import MissingExtra

if TYPE_CHECKING:
    import pandas

LOGGED_ARTIFACTS = "mlflow.loggedArtifacts"
"""Tag that names the tables of a run."""
SUFFIXES = (".json", ".parquet")


def need_pandas(feature: str) -> Any:
    """The module pandas.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise MissingExtra(feature, "pandas") from None
    return pandas


def pandas_for(path: str) -> Any:
    """The module pandas, with what it needs for the form that the ending of a path asks for.

    Raises:
        MissingExtra: It is not installed.
    """
    pandas = need_pandas("Logging and loading tables")
    if path.endswith(".parquet") and find_spec("pyarrow") is None:
        raise MissingExtra("A table in Parquet", "pyarrow")
    return pandas


def frame_from_bytes(content: bytes, path: str) -> pandas.DataFrame:
    """A table as a DataFrame."""
    pd = pandas_for(path)
    frame: pandas.DataFrame
    if path.endswith(".parquet"):
        frame = pd.read_parquet(BytesIO(content))
    else:
        table = json.loads(content)
        frame = pd.DataFrame(table["data"], columns=table["columns"])
    return frame


def bytes_from_frame(frame: pandas.DataFrame, path: str) -> bytes:
    """A DataFrame as a table in the form that the ending of the path asks for."""
    if path.endswith(".parquet"):
        content = BytesIO()
        frame.to_parquet(content)
        return content.getvalue()
    text: str = frame.to_json(
        orient="split", index=False, date_format="iso", default_handler=str, force_ascii=False
    )
    return text.encode()


def extended(earlier: bytes, rows: bytes, path: str) -> bytes:
    """A table with the rows of another one behind its own."""
    frames = [frame_from_bytes(content, path) for content in (earlier, rows)]
    return bytes_from_frame(pandas_for(path).concat(frames, ignore_index=True), path)


def tag_with_table(tag: str | None, path: str) -> str:
    """The tag `mlflow.loggedArtifacts` with one table more; it names each table once."""
    entries = json.loads(tag) if tag else []
    entry = _entry(path)
    return json.dumps(entries if entry in entries else [*entries, entry])


def is_tagged_with_table(tag: str | None, path: str) -> bool:
    """Whether the tag `mlflow.loggedArtifacts` names a table."""
    return bool(tag) and _entry(path) in json.loads(tag or "[]")


def _entry(path: str) -> dict[str, str]:
    return {"path": path, "type": "table"}
