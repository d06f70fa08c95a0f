"""Health pages: ``live`` answers while the process runs, ``ready`` when it can do its work."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.urls import path


@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"live": True})


app_name = "health"
urlpatterns = [path("live", live, name="live")]
