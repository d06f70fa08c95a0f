import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.defaults import page_not_found

from common.conflicts import Vanished, is_busy

logger = logging.getLogger(__name__)


class PrivateResponsesMiddleware:
    """What a signed-in person saw stays out of shared caches and of the next person's back button."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class ConflictMiddleware:
    """Two who write the same at once: the slower one reads what happened instead of an error.

    503 when the database waited in vain for somebody else's writing, 404 when the record is gone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Vanished):
            return page_not_found(request, exception)
        if not is_busy(exception):
            return None
        logger.warning("busy: %s", exception)
        response = render(request, "503_busy.html", status=503)
        response.headers["Retry-After"] = "10"
        return response
