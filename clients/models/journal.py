"""What was changed, by whom, from what to what: the history of a client, and what an undo reads."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.labels import BATCH_KINDS, CHANGE_ACTS
from clients.models.client import Client
from clients.querysets import BatchQuerySet, OfClientQuerySet
from clients.rules import BatchKind, ChangeAct


class Batch(models.Model):
    """Many changes that are one act: an import, a merge, a bulk act, an erasure."""

    kind = models.CharField(
        _("kind"), max_length=10, choices=[(kind.value, label) for kind, label in BATCH_KINDS.items()]
    )
    label = models.CharField(_("what"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="batches", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip
    at = models.DateTimeField(_("when"))
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of changes")
        verbose_name_plural = _("batches of changes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in BatchKind]), name="batch_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Change(models.Model):
    """One record changed: its fields before and after, as JSON by column name (only those that differ).

    A created record has no ``before``, a deleted one no ``after``. ``model`` is "clients.client",
    "sales.product" …; ``record_id`` its key. ``client`` is whose history shows it. Erasure empties the
    values and keeps who, what and when.
    """

    batch = models.ForeignKey(Batch, related_name="changes", on_delete=models.CASCADE, null=True, blank=True)
    client = models.ForeignKey(
        Client, related_name="changes", on_delete=models.CASCADE, null=True, blank=True
    )
    model = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    act = models.CharField(max_length=8, choices=[(act.value, label) for act, label in CHANGE_ACTS.items()])
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="changes", on_delete=models.SET_NULL, null=True, blank=True
    )
    at = models.DateTimeField()

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(act__in=[act.value for act in ChangeAct]), name="change_act_known"
            )
        ]
        indexes = [
            models.Index(fields=["client", "-at"], name="change_client_at"),
            models.Index(fields=["model", "record_id"], name="change_record"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.model} {self.record_id}"
