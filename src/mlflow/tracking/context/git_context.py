"""Commit, branch, remote and state of the repository."""

from __future__ import annotations

from mlflow._session.source import git_tags
from mlflow.tracking.context.abstract_context import RunContextProvider


class GitRunContext(RunContextProvider):
    """Commit, branch, remote and state of the repository that the source lies in."""

    def in_context(self) -> bool:
        return bool(git_tags())

    def tags(self) -> dict[str, str]:
        return git_tags()
