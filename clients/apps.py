from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from common import navigation


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = _("Clients")

    def ready(self) -> None:
        navigation.add(
            navigation.Entry(
                key="clients", label=_("Clients"), icon="people", url_name="clients:list", position=20
            )
        )
