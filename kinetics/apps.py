from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KineticsConfig(AppConfig):
    name = "kinetics"
    verbose_name = _("Kinetics")
