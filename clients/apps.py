from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from common import navigation


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = _("Clients")

    def ready(self) -> None:
        from clients import handlers  # noqa: F401  (registers the jobs)
        from clients.bulk import acts
        from clients.lists import register

        register()
        acts.register()
        navigation.add(
            navigation.Entry(
                key="clients", label=_("Clients"), icon="people", url_name="clients:list", position=20
            )
        )
        from clients.duplicates.selectors import panel
        from clients.personal import Source, add_source
        from clients.personal.holdings import collect
        from clients.personal.selectors import panel as privacy_panel
        from clients.registry import Panel, add_panel

        add_source(Source("clients", collect, position=10))

        navigation.add(
            navigation.Entry(
                key="duplicates", label=_("Duplicates"), icon="intersect", url_name="clients:duplicates",
                position=82, allowed=lambda user: user.may_merge,
            )
        )  # fmt: skip
        add_panel(
            Panel(
                "duplicates", "clients/panels/duplicates.html", panel, zone="side", position=15,
                title=_("Likely the same client"),
            )
        )  # fmt: skip
        add_panel(
            Panel("privacy", "clients/panels/privacy.html", privacy_panel, "side", 90, _("Personal data"))
        )
        navigation.add(
            navigation.Entry(
                key="retention", label=_("Personal data"), icon="shield-check", url_name="clients:retention",
                position=85, allowed=lambda user: user.may_erase,
            )
        )  # fmt: skip
