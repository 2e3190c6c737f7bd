"""Names of runs, which a tag mirrors."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._base.names import random_name
from mlflow._storage.validation import check_run_tag
from mlflow.entities.tag import RunTag
from mlflow.exceptions import InvalidParameterValue

RUN_NAME = "mlflow.runName"


def with_name(tags: Sequence[RunTag], run_name: str | None) -> dict[str, RunTag]:
    """Tags of a new run by key, with that of its name: as given, else as tagged, else a random one.

    Raises:
        InvalidParameterValue: A tag is outside of its limits, or name and tag differ.
    """
    checked = {tag.key: check_run_tag(tag) for tag in tags}
    tagged = checked[RUN_NAME].value if RUN_NAME in checked else None
    if run_name and tagged and run_name != tagged:
        raise InvalidParameterValue(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            f"(run_name='{run_name}', mlflow.runName='{tagged}')."
        )
    checked[RUN_NAME] = check_run_tag(RunTag(RUN_NAME, run_name or tagged or random_name()))
    return checked
