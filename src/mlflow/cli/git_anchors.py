"""Anchors of the ledger in tags of a git repository."""

from __future__ import annotations

import subprocess

import click

from mlflow.entities.model_registry.ledger_check import LedgerAnchor


def keep_anchor(anchor: LedgerAnchor, tag: str, *, sign: bool) -> None:
    """Makes an annotated tag at HEAD whose message is the anchor.

    Raises:
        ClickException: git refuses, as for a tag that exists already or a missing key.
    """
    _git("tag", "--sign" if sign else "--annotate", "--message", anchor.to_text(), "--", tag)


def read_anchors() -> list[LedgerAnchor]:
    """Anchors in the messages of all tags; a signed tag whose signature does not hold is an error.

    Raises:
        ClickException: There is no repository here, or a signature does not hold.
    """
    found = []
    for tag in _git("tag", "--list").splitlines():
        anchors = LedgerAnchor.from_text(_git("tag", "--list", "--format=%(contents)", "--", tag))
        if anchors and "-----BEGIN" in _git("cat-file", "tag", f"refs/tags/{tag}"):
            _git("verify-tag", f"refs/tags/{tag}")
        found += anchors
    return found


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise click.ClickException("git is not installed, so that its tags cannot hold anchors") from None
    if done.returncode:
        raise click.ClickException(f"git {arguments[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
