from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("attention.urls")),
    path("account/", include("accounts.urls")),
    path("clients/", include("clients.urls")),
    path("sales/", include("sales.urls")),
    path("kinetics/", include("kinetics.urls")),
    path("care/", include("segmentation.urls")),
    path("jobs/", include("jobs.urls")),
    path("health/", include("cmix_site.health")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("admin/", admin.site.urls),
]
