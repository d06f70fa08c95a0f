"""One way to answer a page or its fragment."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", **kwargs: Any
) -> TemplateResponse:
    """The whole page, or ``template#partial`` when htmx asks for a fragment of it.

    A boosted or history-restoring request gets the whole page.
    """
    htmx = getattr(request, "htmx", None)
    if partial and htmx and not htmx.boosted and not htmx.history_restore_request:
        template = f"{template}#{partial}"
    response = TemplateResponse(request, template, context, **kwargs)
    patch_vary_headers(response, ["HX-Request"])
    return response
