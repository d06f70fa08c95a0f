from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrustAuditConfig(AppConfig):
    name = "trust_audit"
    verbose_name = _("Trust")

    def ready(self) -> None:
        from common.navigation import Entry, add
        from trust_audit import (
            handlers,  # noqa: F401  (registers the jobs)
            wording,
        )
        from trust_audit.probes.labels import REASONS

        wording.PROBE_REASONS.update(REASONS)

        add(Entry("trust", _("Trust"), "shield-check", "trust:portfolio", 50))
