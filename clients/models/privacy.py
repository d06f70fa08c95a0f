"""What is kept about the data of people itself: who must not come back, what was erased, what falls due."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.labels import RETENTION_AUDIENCES, TRAIL_ACTS
from clients.models.client import Client
from clients.models.people import Person
from clients.querysets import OfClientQuerySet
from clients.rules import RetentionAudience, TrailAct


class Suppression(models.Model):
    """A keyed hash of a sign by which an erased person would come back with a file. It names nobody."""

    mark = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=16, default="erasure", db_default="erasure")
    erased_at = models.DateTimeField(_("erased"))

    class Meta:
        verbose_name = _("suppression mark")
        verbose_name_plural = _("suppression marks")

    def __str__(self) -> str:
        return self.mark[:12]


class Erasure(models.Model):
    """One erasure, without personal data, so that it can be done again after a backup was restored.

    ``marks`` are the hashes of the erased signs: a record is erased again only when it still carries one
    of them, because after a restore its number may belong to somebody else.
    """

    subject = models.CharField(max_length=8)  # "client" or "person"
    record_id = models.BigIntegerField()
    marks = models.JSONField(default=list)
    erased_at = models.DateTimeField(_("erased"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="+", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip
    reason = models.CharField(max_length=16, default="request", db_default="request")  # or "retention"

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(fields=["subject", "record_id", "erased_at"], name="erasure_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.record_id}"


class Trail(models.Model):
    """Who handed out or erased whose data, and when; no values, so that it may outlive the data."""

    act = models.CharField(
        _("what"), max_length=12, choices=[(act.value, label) for act, label in TRAIL_ACTS.items()]
    )
    subject = models.CharField(max_length=8)  # "client" or "person"
    record_id = models.BigIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="+", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("audit line")
        verbose_name_plural = _("audit lines")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(act__in=[act.value for act in TrailAct]), name="trail_act_known"
            )
        ]
        indexes = [models.Index(fields=["subject", "record_id", "-at"], name="trail_subject")]

    def __str__(self) -> str:
        return f"{self.act} {self.subject} {self.record_id}"


class RetentionRule(models.Model):
    """How long data of people are kept after their last sign. Off: it warns and does not act."""

    audience = models.CharField(
        _("of whom"), max_length=10, unique=True,
        choices=[(audience.value, label) for audience, label in RETENTION_AUDIENCES.items()],
    )  # fmt: skip
    months = models.PositiveSmallIntegerField(
        _("months kept"), default=36, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    is_on = models.BooleanField(
        _("erase by itself"), default=False,
        help_text=_("Off: the site only warns. On: what falls due is erased in the night."),
    )  # fmt: skip
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__in=[audience.value for audience in RetentionAudience]),
                name="retention_audience_known",
            ),
            models.CheckConstraint(condition=models.Q(months__gte=1), name="retention_months_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.audience} {self.months}"


class RetentionNotice(models.Model):
    """Somebody whose data fall due: a private client (no ``person``) or a person of a company."""

    client = models.ForeignKey(Client, related_name="retention_notices", on_delete=models.CASCADE)
    person = models.ForeignKey(
        Person, related_name="retention_notices", on_delete=models.CASCADE, null=True, blank=True
    )
    audience = models.CharField(max_length=10)
    last_sign_on = models.DateField(_("last sign"))
    due_on = models.DateField(_("falls due"))
    warned_on = models.DateField(_("warned"))
    postponed_until = models.DateField(_("postponed until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    postponed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("retention notice")
        verbose_name_plural = _("retention notices")
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(person__isnull=True), name="notice_one_a_client"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(person__isnull=False), name="notice_one_a_person"
            ),
            models.CheckConstraint(
                condition=models.Q(postponed_until__isnull=True) | ~models.Q(reason=""),
                name="notice_postponed_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="notice_due")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.due_on}"
