from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from common.htmx import page
from jobs.models import Job


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is. To htmx: its bar; once the job is over the page around the bar is reloaded."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    response = page(request, "jobs/progress.html", {"job": job}, partial="bar")
    if job.is_over and getattr(request, "htmx", None):
        response.headers["HX-Refresh"] = "true"
    return response
