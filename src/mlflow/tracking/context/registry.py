"""All tags of the context, whoever provides them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mlflow._base.plugins import load_plugins
from mlflow.tracking.context.abstract_context import RunContextProvider
from mlflow.tracking.context.default_context import DefaultRunContext
from mlflow.tracking.context.git_context import GitRunContext
from mlflow.tracking.context.system_environment_context import SystemEnvironmentContext

PLUGIN_GROUP = "mlflow.run_context_provider"

_PROVIDERS: tuple[RunContextProvider, ...] = (
    DefaultRunContext(),
    GitRunContext(),
    SystemEnvironmentContext(),
)


def resolve_tags(
    tags: Mapping[str, Any] | None = None, ignore: list[type[RunContextProvider]] | None = None
) -> dict[str, str]:
    """Tags of the context with further ones, which win.

    A provider that fails is left out with a warning: no run fails because of it.

    Args:
        tags: Further tags; values become text.
        ignore: Classes of providers to leave out.
    """
    resolved: dict[str, str] = {}
    skipped = tuple(ignore or ())
    for provider in (*_PROVIDERS, *_plugged_in()):
        if isinstance(provider, skipped):
            continue
        try:
            if provider.in_context():
                resolved.update(provider.tags())
        except Exception as error:  # noqa: BLE001 - see above
            from mlflow._base.logs import get_logger

            get_logger(__name__).warning(
                "Tags of %s are left out because it failed: %s", type(provider).__name__, error
            )
    resolved.update({key: str(value) for key, value in (tags or {}).items()})
    return resolved


def _plugged_in() -> list[RunContextProvider]:
    makers: list[Callable[[], RunContextProvider]] = list(load_plugins(PLUGIN_GROUP).values())
    return [make() for make in makers]
