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
        from clients.duplicates.selectors import panel
        from clients.registry import Panel, add_panel

        navigation.add(
            navigation.Entry(
                key="duplicates", label=_("Duplicates"), icon="intersect", url_name="clients:duplicates",
                position=22, allowed=lambda user: user.may_merge,
            )
        )  # fmt: skip
        add_panel(
            Panel(
                "duplicates", "clients/panels/duplicates.html", panel, zone="side", position=15,
                title=_("Likely the same client"),
            )
        )  # fmt: skip
