from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class PreferencesMiddleware:
    """A signed-in person reads every page in the language and time zone of the account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with timezone.override(ZoneInfo(user.time_zone)), translation.override(user.language):
            request.LANGUAGE_CODE = user.language
            response = self.get_response(request)
            # A lazy TemplateResponse was rendered inside get_response already.
            response.headers["Content-Language"] = user.language
            return response
