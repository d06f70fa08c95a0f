from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttentionConfig(AppConfig):
    name = "attention"
    verbose_name = _("Attention")

    def ready(self) -> None:
        from attention.panels import client_panel
        from clients.registry import add_panel
        from common.navigation import Entry, add

        add(Entry("attention", _("My week"), "calendar-week", "home", 10))
        add_panel(client_panel)
