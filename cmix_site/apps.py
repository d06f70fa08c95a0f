from django.apps import AppConfig


class CmixSiteConfig(AppConfig):
    name = "cmix_site"
    label = "cmix_site"
    verbose_name = "Customer Mix"
