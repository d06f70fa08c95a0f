from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmixSiteConfig(AppConfig):
    name = "cmix_site"
    label = "cmix_site"
    verbose_name = "Customer Mix"

    def ready(self) -> None:
        from cmix_site import checks, night
        from jobs.registry import handler

        checks.register_all()
        handler(night.KIND, _("The night's computation"))(night.run_night)
