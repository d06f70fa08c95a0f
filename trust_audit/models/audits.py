from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trust_audit.labels import (
    AUDIT_STATES,
    EFFORTS,
    FAMILIES,
    MODES,
    PAGE_KINDS,
    PROFILES,
    SOURCES,
)  # fmt: skip
from trust_audit.models.sites import Site
from trust_audit.querysets import AuditQuerySet, OfAuditQuerySet
from trust_audit.rules.checklist import Family
from trust_audit.rules.gains import Effort
from trust_audit.states import AuditState, PageKind, Source


class Audit(models.Model):
    """One audit of a site: the version of the checklist and the weights it began with.

    ``score`` and ``signed_at`` are written once, at the signature; from then on nothing of it changes.
    """

    site = models.ForeignKey(Site, verbose_name=_("site"), related_name="audits", on_delete=models.CASCADE)
    profile = models.CharField(
        _("profile"), max_length=10, choices=[(profile.value, label) for profile, label in PROFILES.items()]
    )
    mode = models.CharField(
        _("mode"), max_length=10, choices=[(mode.value, label) for mode, label in MODES.items()]
    )
    state = models.CharField(
        _("state"), max_length=10, default=AuditState.RUNNING.value,
        choices=[(state.value, label) for state, label in AUDIT_STATES.items()],
    )  # fmt: skip
    checklist = models.CharField(_("checklist"), max_length=20)
    rule_version = models.CharField(max_length=10)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("auditor"), related_name="led_audits",
        on_delete=models.SET_NULL, null=True, blank=True,
    )  # fmt: skip
    previous = models.ForeignKey(
        "self", related_name="next_audits", on_delete=models.SET_NULL, null=True, blank=True
    )
    last_code = models.CharField(max_length=10, blank=True)  # where the work stopped
    score = models.JSONField(_("score"), default=dict, blank=True)
    started_at = models.DateTimeField(_("begun"))
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("signed by"), related_name="+", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=AuditState.RUNNING.value, signed_at__isnull=True)
                | models.Q(state=AuditState.SIGNED.value, signed_at__isnull=False),
                name="audit_signed_has_a_date",
            )
        ]
        indexes = [models.Index(fields=["site", "-started_at"], name="audit_site_started")]

    def __str__(self) -> str:
        return f"{self.site_id}:{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("trust:audit", args=[self.pk])

    @property
    def is_signed(self) -> bool:
        return self.state == AuditState.SIGNED

    @property
    def day(self) -> Any:
        """The moment the audit stands for."""
        return self.signed_at or self.started_at


class SamplePage(models.Model):
    """A page of the site that findings refer to."""

    audit = models.ForeignKey(Audit, related_name="pages", on_delete=models.CASCADE)
    kind = models.CharField(
        _("kind"), max_length=10, choices=[(kind.value, label) for kind, label in PAGE_KINDS.items()]
    )
    url = models.URLField(_("address"), max_length=500)

    objects = OfAuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("page of the sample")
        verbose_name_plural = _("pages of the sample")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in PageKind]), name="page_kind_known"
            ),
            models.UniqueConstraint(fields=["audit", "url"], name="page_once_per_audit"),
        ]

    def __str__(self) -> str:
        return self.url


class CriterionResult(models.Model):
    """What an audit says of one criterion, with the weight and the cap it began with.

    ``level`` is the auditor's, ``second_level`` another person's; the score takes their mean.
    """

    audit = models.ForeignKey(Audit, related_name="results", on_delete=models.CASCADE)
    code = models.CharField(max_length=10)
    family = models.CharField(
        max_length=4, choices=[(family.value, label) for family, label in FAMILIES.items()]
    )
    position = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField()
    cap = models.PositiveSmallIntegerField(null=True, blank=True)
    applies = models.BooleanField(default=True)
    na_reason = models.CharField(_("why it does not apply"), max_length=500, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    source = models.CharField(
        max_length=10, default=Source.PERSON.value,
        choices=[(source.value, label) for source, label in SOURCES.items()],
    )  # fmt: skip
    override_reason = models.CharField(_("why the proposal was not taken"), max_length=500, blank=True)
    level_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    level_at = models.DateTimeField(null=True, blank=True)
    second_level = models.PositiveSmallIntegerField(_("second level"), null=True, blank=True)
    second_note = models.TextField(_("second note"), blank=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    second_at = models.DateTimeField(null=True, blank=True)
    effort = models.CharField(
        _("effort"), max_length=1, default=Effort.MEDIUM.value,
        choices=[(effort.value, label) for effort, label in EFFORTS.items()],
    )  # fmt: skip
    saved_at = models.DateTimeField(null=True, blank=True)

    objects = OfAuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        constraints = [
            models.UniqueConstraint(fields=["audit", "code"], name="result_once_per_code"),
            models.CheckConstraint(
                condition=models.Q(level__isnull=True) | models.Q(level__lte=4), name="result_level_range"
            ),
            models.CheckConstraint(
                condition=models.Q(second_level__isnull=True) | models.Q(second_level__lte=4),
                name="result_second_range",
            ),
            models.CheckConstraint(
                condition=models.Q(applies=True) | ~models.Q(na_reason=""), name="result_na_has_a_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(family__in=[family.value for family in Family]), name="result_family_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def tested(self) -> bool:
        return self.applies and self.level is not None

    @property
    def disputed(self) -> bool:
        """Two reviewers two levels or more apart: one of them looks again before the signature."""
        both = self.level is not None and self.second_level is not None
        return self.applies and both and abs(self.level - self.second_level) >= 2  # type: ignore[operator]


class ShareLink(models.Model):
    """Read-only access to the report of one audit, without log-in, until it ends or is taken back."""

    audit = models.ForeignKey(Audit, related_name="links", on_delete=models.CASCADE)
    secret = models.CharField(max_length=40)
    note = models.CharField(_("for whom"), max_length=120, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("until"))
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = OfAuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")

    def __str__(self) -> str:
        return f"{self.audit_id}:{self.pk}"
