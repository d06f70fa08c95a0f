from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return page(request, "attention/week.html", {})


@require_GET
def why(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, "attention/why.html", {})


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, "attention/week.html", {})
