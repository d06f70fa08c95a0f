from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = _("Imports")

    def ready(self) -> None:
        from clients.personal import add_source
        from common.navigation import Entry, add
        from intake import handlers  # noqa: F401  (registers the jobs)
        from intake.personal import source

        add_source(source)
        add(Entry("imports", _("Imports"), "upload", "intake:imports", 80, lambda user: user.may_import))
