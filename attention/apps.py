from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttentionConfig(AppConfig):
    name = "attention"
    verbose_name = _("Attention")

    def ready(self) -> None:
        from attention.emails import MAIL_KIND
        from attention.panels import client_panel, client_timeline
        from attention.personal import source
        from attention.services.sending import leave_out_objected
        from clients.personal import add_source
        from clients.registry import add_panel, add_timeline
        from common.navigation import Entry, add
        from jobs.outbox import before_sending

        add(Entry("attention", _("My week"), "calendar-week", "home", 10))
        add_panel(client_panel)
        add_timeline(client_timeline)
        add_source(source)
        before_sending(MAIL_KIND, leave_out_objected)
