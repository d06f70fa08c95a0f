from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmixSiteConfig(AppConfig):
    name = "cmix_site"
    label = "cmix_site"
    verbose_name = "Customer Mix"

    def ready(self) -> None:
        from clients.merging import followers
        from cmix_site import bubbles, checks, night
        from intake.imports import JOB_KIND, UNDO_KIND
        from jobs.registry import follow, handler
        from segmentation.registry import BubbleSize, alert_source, bubble_size

        checks.register_all()
        handler(night.KIND, _("The night's computation"))(night.run_night)
        follow(JOB_KIND, night.recompute_after_import)
        followers.follow("night", followers.Follower(lambda: None, night.recompute_after_merge))
        follow(UNDO_KIND, night.recompute_after_import)
        bubble_size(BubbleSize(_("Expected revenue, next 52 weeks"), bubbles.expected_revenue))
        alert_source(bubbles.alerted_clients)
