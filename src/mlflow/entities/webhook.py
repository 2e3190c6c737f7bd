"""Webhooks: addresses that are told what happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from mlflow.entities._base import _MlflowObject
from mlflow.exceptions import InvalidParameterValue


class WebhookStatus(str, Enum):
    """Whether a webhook is told anything."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"

    def __str__(self) -> str:
        return self.value

    def is_active(self) -> bool:
        """Whether it is."""
        return self is WebhookStatus.ACTIVE


class WebhookEntity(str, Enum):
    """What something happens to."""

    REGISTERED_MODEL = "registered_model"
    REGISTERED_MODEL_TAG = "registered_model_tag"
    MODEL_VERSION = "model_version"
    MODEL_VERSION_TAG = "model_version_tag"
    MODEL_VERSION_ALIAS = "model_version_alias"
    TRANSITION_REQUEST = "transition_request"
    COMMENT = "comment"
    PROMPT = "prompt"
    PROMPT_VERSION = "prompt_version"
    PROMPT_TAG = "prompt_tag"
    PROMPT_VERSION_TAG = "prompt_version_tag"
    PROMPT_ALIAS = "prompt_alias"
    BUDGET_POLICY = "budget_policy"
    RUN = "run"

    def __str__(self) -> str:
        return self.value


class WebhookAction(str, Enum):
    """What happens to it."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    RESTORED = "restored"
    SET = "set"
    TRANSITIONED = "transitioned"
    STARTED = "started"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"
    EXCEEDED = "exceeded"

    def __str__(self) -> str:
        return self.value


_CHANGED = ("created", "updated", "deleted", "restored")
_TAGGED = ("set", "deleted")
ACTIONS: dict[str, tuple[str, ...]] = {
    "registered_model": _CHANGED,
    "registered_model_tag": _TAGGED,
    "model_version": (*_CHANGED, "transitioned"),
    "model_version_tag": _TAGGED,
    "model_version_alias": ("created", "deleted"),
    "transition_request": ("created",),
    "comment": ("created",),
    "prompt": _CHANGED,
    "prompt_version": _CHANGED,
    "prompt_tag": _TAGGED,
    "prompt_version_tag": _TAGGED,
    "prompt_alias": ("created", "deleted"),
    "budget_policy": ("exceeded",),
    "run": ("started", "finished", "failed", "killed", "deleted", "restored"),
}
"""What can happen to what."""


class WebhookEvent:
    """A kind of event.

    Args:
        entity: What something happens to.
        action: What happens to it.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: that never happens to it.
    """

    def __init__(self, entity: str | WebhookEntity, action: str | WebhookAction) -> None:
        names = str(entity).lower(), str(action).lower()
        if names[0] not in ACTIONS:
            raise InvalidParameterValue(
                f"Invalid webhook entity {names[0]!r}: use one of {', '.join(ACTIONS)}"
            )
        if names[1] not in ACTIONS[names[0]]:
            raise InvalidParameterValue(
                f"Invalid action {names[1]!r} for webhook entity {names[0]!r}: use "
                f"{' or '.join(ACTIONS[names[0]])}"
            )
        self._entity, self._action = WebhookEntity(names[0]), WebhookAction(names[1])

    @property
    def entity(self) -> WebhookEntity:
        """What something happens to."""
        return self._entity

    @property
    def action(self) -> WebhookAction:
        """What happens to it."""
        return self._action

    @classmethod
    def from_str(cls, event_str: str) -> WebhookEvent:
        """An event from its text, such as `model_version.created`."""
        entity, dot, action = event_str.partition(".")
        if not dot:
            raise InvalidParameterValue(
                f"Invalid webhook event {event_str!r}: write it as 'entity.action', such as 'model_version.created'"
            )
        return cls(entity, action)

    def __str__(self) -> str:
        return f"{self._entity}.{self._action}"

    def __repr__(self) -> str:
        return f"WebhookEvent(entity={self._entity.value!r}, action={self._action.value!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebhookEvent) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


class Webhook:
    """An address that is told what happens.

    Args:
        webhook_id: Its id.
        name: Its name.
        url: The address.
        events: What it is told.
        creation_timestamp: Milliseconds since the epoch.
        last_updated_timestamp: Milliseconds since the epoch.
        description: Text for people.
        status: Whether it is told anything.
        secret: What deliveries are signed with; no store ever gives it out.
        workspace: Accepted for compatibility.
    """

    def __init__(
        self,
        webhook_id: str,
        name: str,
        url: str,
        events: Iterable[WebhookEvent],
        creation_timestamp: int,
        last_updated_timestamp: int,
        description: str | None = None,
        status: str | WebhookStatus = WebhookStatus.ACTIVE,
        secret: str | None = None,
        workspace: str | None = None,
    ) -> None:
        self.webhook_id = webhook_id
        self.name = name
        self.url = url
        self.events = list(events)
        self.creation_timestamp = creation_timestamp
        self.last_updated_timestamp = last_updated_timestamp
        self.description = description
        self.status = WebhookStatus(status)
        self.secret = secret
        self.workspace = workspace

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Webhook) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.webhook_id)

    def __repr__(self) -> str:
        events = ", ".join(str(event) for event in self.events)
        return f"<Webhook {self.webhook_id}: name={self.name!r}, url={self.url!r}, events=[{events}], {self.status}>"


@dataclass(frozen=True)
class WebhookTestResult(_MlflowObject):
    """What came of a trial.

    Attributes:
        success: Whether the address answered with a status from 200 to 299.
        response_status: Status that it answered with.
        response_body: Beginning of its answer.
        error_message: What went wrong.
    """

    success: bool
    response_status: int | None = None
    response_body: str | None = None
    error_message: str | None = None


@dataclass(frozen=True)
class WebhookDelivery(_MlflowObject):
    """Something that a webhook is to be told, or was.

    Attributes:
        delivery_id: Its id; the same for every attempt.
        event: What it tells of, such as `model_version.created`.
        creation_timestamp: When that happened, in milliseconds since the epoch.
        attempts: How often it was tried.
        next_attempt: When it is tried next, in milliseconds since the epoch; `None` once it is done.
        last_attempt: When it was tried last.
        response_status: Status that was answered last.
        error_message: What the last attempt failed with; empty if it did not.
    """

    delivery_id: str
    event: str
    creation_timestamp: int
    attempts: int
    next_attempt: int | None = None
    last_attempt: int | None = None
    response_status: int | None = None
    error_message: str = ""
