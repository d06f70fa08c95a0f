"""One way to answer a page or its fragment."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers


def asks_for_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment; a boosted or history-restoring request wants the whole page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", **kwargs: Any
) -> TemplateResponse:
    """The whole page, or ``template#partial`` when htmx asks for a fragment of it."""
    if partial and asks_for_part(request):
        template = f"{template}#{partial}"
    response = TemplateResponse(request, template, context, **kwargs)
    patch_vary_headers(response, ["HX-Request"])
    return response
