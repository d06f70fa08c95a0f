"""What several parts of one page want to know is asked for once."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest

Answer = TypeVar("Answer")


class Once:
    """The answers of one request, each under the question that gave it.

    It goes with its request and is no cache: the next request asks again.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], Any] = {}

    def of(self, ask: Callable[..., Answer], *about: Any) -> Answer:
        """``ask(*about)``, or what it said before."""
        key = (ask, *about)
        if key not in self._kept:
            self._kept[key] = ask(*about)
        return self._kept[key]  # type: ignore[no-any-return]

    def keep(self, answer: Any, ask: Callable[..., Any], *about: Any) -> None:
        """The answer came along with another row: nobody needs to ask."""
        self._kept[ask, *about] = answer


def once(request: HttpRequest) -> Once:
    """That of a request, made when the first part of the page asks."""
    kept: Once | None = getattr(request, "cmix_once", None)
    if kept is None:
        kept = request.cmix_once = Once()  # type: ignore[attr-defined]
    return kept
