from django.contrib import admin
from django.urls import include, path

from cmix_site.recompute import recompute

urlpatterns = [
    path("", include("attention.urls")),
    path("account/", include("accounts.urls")),
    path("clients/", include("clients.urls")),
    path("questionnaires/", include("clients.sociotypes.urls")),
    path("q/", include("clients.sociotypes.public_urls")),
    path("imports/", include("intake.urls")),
    path("sales/", include("sales.urls")),
    path("kinetics/", include("kinetics.urls")),
    path("care/", include("segmentation.urls")),
    path("trust/", include("trust_audit.urls")),
    path("recompute/", recompute, name="recompute"),
    path("jobs/", include("jobs.urls")),
    path("health/", include("cmix_site.health")),
    path("admin/", admin.site.urls),
]
