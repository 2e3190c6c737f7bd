"""Limits and name rules, the same for every store."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from mlflow._base.ids import number_of_id
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_inputs import DatasetInput
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import ExperimentTag, RunTag
from mlflow.environment_variables import (
    MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES,
    MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH,
    MLFLOW_TRUNCATE_LONG_VALUES,
)
from mlflow.exceptions import InvalidParameterValue

MAX_EXPERIMENT_NAME = 500
MAX_KEY = 250
MAX_EXPERIMENT_TAG_VALUE = 20_000
MAX_CUSTOM_VIEWS = 50
CUSTOM_VIEW_PREFIX = "mlflow.customView.view"
MAX_PARAM_VALUE = 6000
MAX_TAG_VALUE = 8000
MAX_LOCATION = 2048
MAX_BATCH_METRICS = 1000
MAX_BATCH_PARAMS = 100
MAX_BATCH_TAGS = 100
MAX_BATCH_ITEMS = 1000
MAX_HISTORY_RUNS = 100
MAX_MOVED_RUNS = 1000
MAX_LEASE_MS = 24 * 60 * 60 * 1000
MAX_INT64 = (1 << 63) - 1
MIN_INT64 = -(1 << 63)

_KEY = re.compile(r"[\w\-./ :]+", re.UNICODE)
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
MAX_DATASET_NAME = 500
MAX_DATASET_DIGEST = 36
MAX_MODEL_NAME = 500
MAX_REGISTERED_NAME = 500
MAX_REGISTRY_TAG_VALUE = 100_000
MAX_ALIAS = 255
MAX_DESCRIPTION = 100_000
MAX_SOURCE = 5000
PROMPT_SOURCES = ("dummy-source", "prompt-template")
"""What the versions of a prompt, which has no files, have for a source."""
_ALIAS = re.compile(r"[\w-]+")
_LIKE_A_VERSION = re.compile(r"[vV][0-9]+")
_DATASET_LIMITS = (
    ("name", MAX_DATASET_NAME),
    ("digest", MAX_DATASET_DIGEST),
    ("source_type", 36),
    ("source", 65_535),
    ("schema", 1_048_575),
    ("profile", 16_777_215),
)


def check_key(key: object, path: str) -> str:
    """Refuses what is not the name of a metric, parameter or tag.

    Args:
        key: The name.
        path: Where it stood in the request, for the message.
    """
    if isinstance(key, str) and _is_key(key):
        return key
    if not isinstance(key, str) or not key:
        raise InvalidParameterValue(
            f"Missing value for required parameter '{path}': a name is text of 1 to {MAX_KEY} characters, got {key!r}"
        )
    if len(key) > MAX_KEY:
        raise InvalidParameterValue(
            f"'{path}' exceeds the maximum length of {MAX_KEY} characters: got {len(key)} in '{key[:40]}…'"
        )
    if not _KEY.fullmatch(key):
        raise InvalidParameterValue(
            f"Invalid value {key!r} for parameter '{path}' supplied: Names may only contain alphanumerics, "
            "underscores (_), dashes (-), periods (.), spaces ( ), colons(:) and slashes (/)."
        )
    raise InvalidParameterValue(
        f"Invalid value {key!r} for parameter '{path}' supplied: Names may be treated as files in certain "
        f"cases, and must not resolve to other names when treated as such. "
        f"This name would resolve to {posixpath.normpath(key)!r}"
    )


@lru_cache(maxsize=8192)
def _is_key(key: str) -> bool:
    return (
        0 < len(key) <= MAX_KEY
        and _KEY.fullmatch(key) is not None
        and key != "."
        and not key.startswith(("..", "/"))
        and posixpath.normpath(key) == key
    )


def check_run_id(run_id: object) -> str:
    """Refuses what cannot be the id of a run."""
    if not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
        raise InvalidParameterValue(f"Invalid run ID: {run_id!r}")
    return run_id


def check_new_id(uuid: str) -> int:
    """Number of an id that a client made for something new."""
    number = number_of_id(uuid)
    if number is None:
        raise InvalidParameterValue(
            f"The id {uuid!r} was not made by Headrace: leave it out, and the server makes one"
        )
    return number


def check_experiment_id(experiment_id: object) -> int:
    """Number of an experiment id, which is decimal digits as text; there need not be such an experiment."""
    text = str(experiment_id)
    if not _WHOLE_NUMBER.fullmatch(text) or not MIN_INT64 <= (number := int(text)) <= MAX_INT64:
        raise InvalidParameterValue(
            f"Invalid experiment ID {text[:60]!r}: it must be a whole number of at most 64 bits, as text"
        )
    return number


def check_experiment_name(name: object) -> str:
    """Refuses what cannot be the name of an experiment."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidParameterValue(f"Invalid experiment name: {name!r}. It must be text that is not blank.")
    if len(name) > MAX_EXPERIMENT_NAME:
        raise InvalidParameterValue(
            f"'name' exceeds the maximum length of {MAX_EXPERIMENT_NAME} characters: got {len(name)}"
        )
    return check_text(name, "name")


def check_experiment_tag(tag: ExperimentTag) -> ExperimentTag:
    """Refuses an experiment tag outside of its limits."""
    check_key(tag.key, "key")
    check_text(tag.value, "value")
    if len(tag.value) > MAX_EXPERIMENT_TAG_VALUE:
        raise InvalidParameterValue(
            f"'value' of experiment tag {tag.key!r} exceeds the maximum length of "
            f"{MAX_EXPERIMENT_TAG_VALUE} characters: got {len(tag.value)}"
        )
    return tag


def check_metric(metric: Metric, path: str = "") -> Metric:
    """Refuses a point that has no name, is no number, or does not fit its columns."""
    check_key(metric.key, f"{path}name")
    value, timestamp, step = metric.value, metric.timestamp, metric.step
    if not isinstance(value, (int, float)) or not _fits_a_double(value):
        raise InvalidParameterValue(
            f"Got invalid value {str(value)[:60]!r} for metric {metric.key!r} (timestamp={timestamp}): "
            "a metric is a number that fits into 64 bits of floating point"
        )
    if not isinstance(timestamp, int) or not 0 <= timestamp <= MAX_INT64:
        raise InvalidParameterValue(
            f"Got invalid timestamp {timestamp!r} for metric {metric.key!r} (value={value}): "
            "Timestamp must be a nonnegative long (64-bit integer), in milliseconds"
        )
    if not isinstance(step, int) or not MIN_INT64 <= step <= MAX_INT64:
        raise InvalidParameterValue(
            f"Got invalid step {step!r} for metric {metric.key!r} (value={value}): "
            "Step must be a valid long (64-bit integer)"
        )
    if metric.dataset_name is not None:
        _check_length(metric.dataset_name, MAX_DATASET_NAME, f"{path}dataset_name")
    if metric.dataset_digest is not None:
        _check_length(metric.dataset_digest, MAX_DATASET_DIGEST, f"{path}dataset_digest")
    return metric


def _are_plain(metrics: Sequence[Metric]) -> bool:
    """Whether points obviously keep every rule, as nearly all do: a shortcut through `check_metric`."""
    for metric in metrics:
        stamp, step = metric.timestamp, metric.step
        if (
            type(metric.value) is not float
            or type(stamp) is not int
            or type(step) is not int
            or not 0 <= stamp <= MAX_INT64
            or not MIN_INT64 <= step <= MAX_INT64
            or metric.dataset_name is not None
            or metric.dataset_digest is not None
            or type(metric.key) is not str
            or not _is_key(metric.key)
        ):
            return False
    return True


def _fits_a_double(value: float) -> bool:
    try:
        float(value)
    except OverflowError:
        return False
    return True


def check_param(param: Param, path: str = "") -> Param:
    """Refuses a parameter outside of its limits; a long value is cut where the setting says so."""
    check_key(param.key, f"{path}key")
    value = _fit(param.value, MAX_PARAM_VALUE, f"{path}value", f"param {param.key!r}")
    return param if value is param.value else Param(param.key, value)


def check_run_tag(tag: RunTag, path: str = "") -> RunTag:
    """Refuses a run tag outside of its limits; a long value is cut where the setting says so."""
    check_key(tag.key, f"{path}key")
    value = _fit(tag.value, MAX_TAG_VALUE, f"{path}value", f"tag {tag.key!r}")
    return tag if value is tag.value else RunTag(tag.key, value)


def check_batch(
    metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[RunTag]
) -> tuple[list[Metric], list[Param], list[RunTag]]:
    """The batch as it will be stored, after every rule that needs no database."""
    if not params and not tags and len(metrics) <= MAX_BATCH_METRICS and _are_plain(metrics):
        return list(metrics), [], []
    for name, items, limit in (
        ("metrics", metrics, MAX_BATCH_METRICS),
        ("params", params, MAX_BATCH_PARAMS),
        ("tags", tags, MAX_BATCH_TAGS),
    ):
        if len(items) > limit:
            raise InvalidParameterValue(
                f"A batch logging request can contain at most {limit} {name}. Got {len(items)} {name}. "
                f"Please split up {name} across multiple requests and try again."
            )
    total = len(metrics) + len(params) + len(tags)
    if total > MAX_BATCH_ITEMS:
        raise InvalidParameterValue(
            f"A batch logging request can contain at most {MAX_BATCH_ITEMS} entities. Got {total}. "
            "Please split it up and try again."
        )
    checked_params = [check_param(param, f"params[{i}].") for i, param in enumerate(params)]
    keys = [param.key for param in checked_params]
    if len(set(keys)) != len(keys):
        doubled = sorted({key for key in keys if keys.count(key) > 1})
        raise InvalidParameterValue(f"Duplicate parameter keys have been submitted: {doubled}")
    latest_tags = {tag.key: check_run_tag(tag, f"tags[{i}].") for i, tag in enumerate(tags)}
    for i, metric in enumerate(metrics):
        check_metric(metric, f"metrics[{i}].")
    return list(metrics), checked_params, list(latest_tags.values())


def check_dataset_inputs(datasets: Iterable[DatasetInput]) -> None:
    """Refuses datasets outside of their limits."""
    for i, dataset_input in enumerate(datasets):
        for name, limit in _DATASET_LIMITS:
            value = getattr(dataset_input.dataset, name)
            if value is not None or name not in ("schema", "profile"):
                _check_length(value, limit, f"datasets[{i}].dataset.{name}")
        for j, tag in enumerate(dataset_input.tags):
            _check_length(tag.key, 255, f"datasets[{i}].tags[{j}].key")
            _check_length(tag.value, 500, f"datasets[{i}].tags[{j}].value")


def check_step(step: object, path: str) -> int:
    """Refuses steps that do not fit into 64 bits."""
    if not isinstance(step, int) or not MIN_INT64 <= step <= MAX_INT64:
        raise InvalidParameterValue(
            f"Invalid value {step!r} for parameter '{path}' supplied: a 64-bit integer"
        )
    return step


def check_max_results(max_results: int, limit: int) -> int:
    """Refuses page sizes that are not positive or too large."""
    if not 1 <= max_results <= limit:
        raise InvalidParameterValue(
            f"Invalid value {max_results} for parameter 'max_results' supplied: It must be at least 1 and at most {limit}"
        )
    return max_results


def check_logged_model_name(name: str | None) -> None:
    """Refuses names that could not stand in a URI."""
    if not name:
        return
    _check_length(name, MAX_MODEL_NAME, "name")
    if found := sorted(set(name) & set("/:.%\"'")):
        raise InvalidParameterValue(
            f"Invalid model name {name!r}: it must not contain {' '.join(found)}. "
            "Names cannot hold any of / : . % \" '"
        )


def check_pairs(pairs: Mapping[str, str] | None, path: str) -> None:
    """Refuses tags or parameters of logged models that break a rule."""
    for key, value in (pairs or {}).items():
        check_key(key, f"{path}.key")
        check_text(value, f"{path}.value")


def metric_value(value: object, key: str) -> float:
    """A metric value as a number: numeric text and booleans are cast.

    Raises:
        InvalidParameterValue: The value is no number.
    """
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise InvalidParameterValue(
            f"Got invalid value {value!r} for metric {key!r}: a metric is a number (float or something that "
            "float() takes)"
        ) from None


def check_text(text: object, path: str) -> str:
    """Refuses what no database stores as text.

    Args:
        text: The text.
        path: Where it stood in the request, for the message.
    """
    if not isinstance(text, str):
        raise InvalidParameterValue(
            f"Invalid value {text!r} for parameter '{path}' supplied: it must be text"
        )
    if text.isascii():
        if "\x00" not in text:
            return text
    elif is_storable(text):
        return text
    raise InvalidParameterValue(
        f"'{path}' holds a NUL character or a lone surrogate, which no database stores as text"
    )


def is_storable(text: str) -> bool:
    """Whether databases store a text: it is valid Unicode and holds no NUL character."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_length(text: object, limit: int, path: str) -> None:
    if len(check_text(text, path)) > limit:
        raise InvalidParameterValue(
            f"'{path}' exceeds the maximum length of {limit} characters: got {len(str(text))}"
        )


def _fit(value: str, limit: int, path: str, what: str) -> str:
    if len(check_text(value, path)) <= limit:
        return value
    if MLFLOW_TRUNCATE_LONG_VALUES.get():
        return value[:limit]
    raise InvalidParameterValue(
        f"'{path}' of {what} exceeds the maximum length of {limit} characters: got {len(value)}. "
        "Shorten it, or set MLFLOW_TRUNCATE_LONG_VALUES=true to have it cut."
    )


def check_artifact_location(location: str) -> str:
    """An artifact location as it is stored: a URI, or an absolute path.

    Raises:
        InvalidParameterValue: It cannot be one, or names a host where that was not allowed.
    """
    limit = MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH.get()
    if len(location) > limit:
        raise InvalidParameterValue(
            f"'artifact_location' exceeds the maximum length of {limit} characters: got {len(location)}"
        )
    check_text(location, "artifact_location")
    scheme = location.partition(":")[0].lower() if re.match(r"[A-Za-z][A-Za-z0-9+.\-]+:", location) else ""
    if not scheme:
        return os.path.abspath(os.path.expanduser(location))  # noqa: PTH100, PTH111 - text in, text out
    parts = urlsplit(location)
    if parts.fragment or ";" in parts.path.rsplit("/", 1)[-1]:
        raise InvalidParameterValue(
            f"Invalid artifact location {location!r}: a URI with fragments or parameters cannot hold artifacts"
        )
    if ".." in unquote(unquote(parts.query)):
        raise InvalidParameterValue(
            f"Invalid artifact location {location!r}: its query must not contain '..'"
        )
    if scheme == "mlflow-artifacts" and ".." in unquote(unquote(parts.path)).split("/"):
        raise InvalidParameterValue(f"Invalid artifact location {location!r}: its path must not contain '..'")
    if scheme == "runs":
        raise InvalidParameterValue(
            f"Invalid artifact location {location!r}: runs:/ names a run, not a place"
        )
    hosted = scheme in {"http", "https", "ftp", "sftp", "ssh"}
    if hosted and scheme not in MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES.get():
        raise InvalidParameterValue(
            f"Invalid artifact location {location!r}: the scheme {scheme!r} names a host. To allow it, set "
            f"MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES={scheme}"
        )
    return location


def check_run_status(status: int) -> int:
    """Refuses what is not the number of a run status."""
    if status not in RunStatus.all_status():
        raise InvalidParameterValue(f"Unknown run status {status}; known are {RunStatus.all_status()}")
    return status


def check_time(time_ms: int, path: str) -> int:
    """Refuses times before 1970 and after the last one that fits into 64 bits."""
    if not 0 <= time_ms <= MAX_INT64:
        raise InvalidParameterValue(
            f"Invalid value {time_ms} for parameter '{path}' supplied: milliseconds since 1970"
        )
    return time_ms


def check_lease(lease_ms: int) -> int:
    """Refuses leases that are no time at all, or longer than a day."""
    if not 1 <= lease_ms <= MAX_LEASE_MS:
        raise InvalidParameterValue(
            f"Invalid value {lease_ms} for parameter 'lease_ms' supplied: it is 1 to {MAX_LEASE_MS} milliseconds"
        )
    return lease_ms


def check_moved_runs(run_ids: Sequence[str]) -> None:
    """Refuses no runs, and more runs than are moved at a time."""
    if not 1 <= len(run_ids) <= MAX_MOVED_RUNS:
        raise InvalidParameterValue(f"Move 1 to {MAX_MOVED_RUNS} runs at a time; got {len(run_ids)}")
    for run_id in run_ids:
        check_run_id(run_id)


def check_history_runs(run_ids: Iterable[str]) -> None:
    """Refuses no runs, and more runs than histories are read of at a time."""
    count = len(set(run_ids))
    if not 1 <= count <= MAX_HISTORY_RUNS:
        raise InvalidParameterValue(
            f"Ask for the history of 1 to {MAX_HISTORY_RUNS} runs at a time; got {count}"
        )


def check_registered_name(name: object, path: str = "name") -> str:
    """Refuses what cannot be the name of a registered model."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidParameterValue(f"Missing value for required parameter '{path}': a name is not blank")
    if found := sorted(set(name) & set("/:")):
        raise InvalidParameterValue(
            f"Invalid model name {name!r}: it holds {' and '.join(found)}, which could not stand in a URI. "
            "Names cannot contain '/' or ':'."
        )
    if name in (".", "..") or posixpath.normpath(name) != name:
        raise InvalidParameterValue(
            f"Invalid value {name!r} for parameter '{path}' supplied: it must not resolve to another name as a file"
        )
    _check_length(name, MAX_REGISTERED_NAME, path)
    return name


def check_version_number(version: object) -> int:
    """The number of a model version, which is decimal digits as text; there need not be such a version."""
    text = str(version)
    if not _WHOLE_NUMBER.fullmatch(text) or not MIN_INT64 <= (number := int(text)) <= MAX_INT64:
        raise InvalidParameterValue(f"Parameter 'version' must be an integer, got {text[:60]!r}.")
    return number


def check_registry_tag(key: object, value: object) -> None:
    """Refuses a tag of the registry outside of its limits; nothing is cut."""
    check_key(key, "key")
    _check_length(value, MAX_REGISTRY_TAG_VALUE, f"value of the tag {key!r}")


def check_alias(alias: object) -> str:
    """Refuses what cannot be an alias."""
    if not isinstance(alias, str) or not alias:
        raise InvalidParameterValue("Missing value for required parameter 'alias': an alias is not empty")
    _check_length(alias, MAX_ALIAS, "alias")
    if not _ALIAS.fullmatch(alias):
        raise InvalidParameterValue(
            f"Invalid alias {alias!r}: aliases may only contain alphanumerics, underscores (_) and dashes (-)"
        )
    if alias.lower() == "latest" or _LIKE_A_VERSION.fullmatch(alias):
        raise InvalidParameterValue(
            f"The alias {alias!r} is reserved: 'latest' is always the newest version, and 'v' with digits looks like "
            "a version. Choose another name."
        )
    return alias


def check_description(description: str | None) -> None:
    """Refuses a description that no database stores, or that is endless."""
    if description is not None:
        _check_length(description, MAX_DESCRIPTION, "description")


def check_source(source: object) -> str:
    """Refuses what cannot be the source of a model version."""
    if not isinstance(source, str) or not source:
        raise InvalidParameterValue("Missing value for required parameter 'source'")
    _check_length(source, MAX_SOURCE, "source")
    return source
