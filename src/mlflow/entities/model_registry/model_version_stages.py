"""Stages of a model version, which are kept for good."""

from __future__ import annotations

from mlflow.exceptions import InvalidParameterValue

STAGE_NONE = "None"
STAGE_STAGING = "Staging"
STAGE_PRODUCTION = "Production"
STAGE_ARCHIVED = "Archived"
ALL_STAGES = (STAGE_NONE, STAGE_STAGING, STAGE_PRODUCTION, STAGE_ARCHIVED)
DEFAULT_STAGES_FOR_GET_LATEST_VERSIONS = (STAGE_STAGING, STAGE_PRODUCTION)
ACTIVE_STAGES = (STAGE_STAGING, STAGE_PRODUCTION)

_BY_LOWER_CASE = {stage.lower(): stage for stage in ALL_STAGES}


def get_canonical_stage(stage: object) -> str:
    """A stage in the spelling that is stored; case does not count.

    Raises:
        InvalidParameterValue: It is no stage; the message names the one that was probably meant.
    """
    found = _BY_LOWER_CASE.get(stage.lower()) if isinstance(stage, str) else None
    if found is not None:
        return found
    from difflib import get_close_matches

    close = get_close_matches(str(stage).lower(), _BY_LOWER_CASE, n=1)
    hint = f" Did you mean {_BY_LOWER_CASE[close[0]]!r}?" if close else ""
    raise InvalidParameterValue(
        f"Invalid Model Version stage: {stage}. Value must be one of {', '.join(ALL_STAGES)}.{hint}"
    )
