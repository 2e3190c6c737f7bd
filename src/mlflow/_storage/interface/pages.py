"""A part of a long answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Page(list[T], Generic[T]):
    """A part of a long answer: a list, and the token that gets the next part.

    Attributes:
        token: Opaque; `None` after the last part.
    """

    def __init__(self, items: list[T], token: str | None = None) -> None:
        super().__init__(items)
        self.token = token

    def to_list(self) -> list[T]:
        """The items as a plain list."""
        return list(self)


def all_pages(
    fetch: Callable[[int, str | None], Page[T]], page_size: int, limit: int | None = None
) -> list[T]:
    """Everything that a paged call answers, up to a limit.

    Args:
        fetch: Takes a page size and a token.
        page_size: Items to ask for at a time.
        limit: Most items that are wanted; `None` is all.
    """
    items: list[T] = []
    token: str | None = None
    while limit is None or len(items) < limit:
        page = fetch(page_size if limit is None else min(page_size, limit - len(items)), token)
        items.extend(page)
        token = page.token
        if not token:
            break
    return items
