from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.querysets import OfClientQuerySet
from segmentation.labels import CAUSES
from segmentation.models.grid import GridThresholds
from segmentation.rules.history import Cause


class SegmentEvent(models.Model):
    """A client changed its segment: from what, to what, why, on which figures. Kept for good.

    ``before`` and ``after`` are codes of the grid's segments, "own:17" for those of a segmentation of the
    company's own, or empty for none.
    """

    client = models.ForeignKey(Client, related_name="segment_events", on_delete=models.CASCADE)
    as_of = models.DateField(_("as of"))
    before = models.CharField(_("from"), max_length=24, blank=True)
    after = models.CharField(_("to"), max_length=24, blank=True)
    cause = models.CharField(
        _("cause"), max_length=10, choices=[(cause.value, label) for cause, label in CAUSES.items()]
    )
    revenue_cents = models.BigIntegerField(_("revenue"))
    margin_rate = models.FloatField(_("margin rate"), null=True)
    thresholds = models.ForeignKey(GridThresholds, related_name="events", on_delete=models.PROTECT)
    rule_version = models.CharField(_("rule version"), max_length=20)
    at = models.DateTimeField(_("recorded"))

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of segment")
        verbose_name_plural = _("changes of segment")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cause__in=[cause.value for cause in Cause]),
                name="segment_event_cause_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(before=models.F("after")), name="segment_event_is_a_change"
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-as_of"], name="segment_event_client"),
            models.Index(fields=["-as_of", "-revenue_cents"], name="segment_event_day"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.before} → {self.after}"
