from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from trust_audit.labels import DECISIONS, IMPACTS, PROOFS, PROPOSAL_STATUSES
from trust_audit.models.audits import Audit, CriterionResult, SamplePage
from trust_audit.querysets import OfAuditQuerySet, OfResultQuerySet
from trust_audit.states import Decision, Impact


class Finding(models.Model):
    """Something seen that explains a level."""

    result = models.ForeignKey(CriterionResult, related_name="findings", on_delete=models.CASCADE)
    page = models.ForeignKey(
        SamplePage, verbose_name=_("page"), related_name="findings", on_delete=models.SET_NULL, null=True,
        blank=True,
    )  # fmt: skip
    text = models.CharField(_("finding"), max_length=1000)
    impact = models.CharField(
        _("impact"), max_length=10, default=Impact.MAJOR.value,
        choices=[(impact.value, label) for impact, label in IMPACTS.items()],
    )  # fmt: skip
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField()

    objects = OfResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")

    def __str__(self) -> str:
        return self.text[:60]


class Evidence(models.Model):
    """What a level rests on, or, without ``result``, what closes an action.

    ``sha256`` is of the file, or of the JSON of ``data``; ``stored_as`` names the file below
    CMIX_DATA_DIR/files, which only an authorised page hands out.
    """

    audit = models.ForeignKey(Audit, related_name="evidence", on_delete=models.CASCADE)
    result = models.ForeignKey(
        CriterionResult, related_name="evidence", on_delete=models.CASCADE, null=True, blank=True
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=[(proof.value, label) for proof, label in PROOFS.items()]
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    stored_as = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    data = models.JSONField(default=dict, blank=True)  # of a call, a test order, a probe
    captured_on = models.DateField(_("of"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = OfAuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            # The same thing pasted twice is one.
            models.UniqueConstraint(fields=["result", "sha256"], name="evidence_once_per_result")
        ]

    def __str__(self) -> str:
        return self.caption or self.file_name or self.url or self.kind

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


class ProbeRun(models.Model):
    """One run of the probes for an audit: how far it came and why it found little, if it did."""

    audit = models.ForeignKey(Audit, related_name="probe_runs", on_delete=models.CASCADE)
    job = models.OneToOneField(
        Job, related_name="probe_run", on_delete=models.SET_NULL, null=True, blank=True
    )
    number = models.PositiveSmallIntegerField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    bytes_read = models.BigIntegerField(null=True, blank=True)
    note = models.JSONField(null=True, blank=True)

    objects = OfAuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of the probes")
        verbose_name_plural = _("runs of the probes")
        constraints = [models.UniqueConstraint(fields=["audit", "number"], name="probe_run_number")]

    def __str__(self) -> str:
        return f"{self.audit_id}:{self.number}"


class Proposal(models.Model):
    """What a probe found about one criterion; a person accepts or overrides it."""

    audit = models.ForeignKey(Audit, related_name="proposals", on_delete=models.CASCADE)
    run = models.ForeignKey(ProbeRun, related_name="proposals", on_delete=models.CASCADE)
    code = models.CharField(max_length=10)
    probe_version = models.CharField(max_length=20)
    status = models.CharField(
        max_length=10, choices=[(status.value, label) for status, label in PROPOSAL_STATUSES.items()]
    )
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    confidence = models.FloatField()
    because = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    urls = models.JSONField(default=list)
    excerpt = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    probed_at = models.DateTimeField()
    decision = models.CharField(
        max_length=10, default=Decision.OPEN.value,
        choices=[(decision.value, label) for decision, label in DECISIONS.items()],
    )  # fmt: skip
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = OfAuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(
                fields=["audit", "code", "probe_version"], name="proposal_once_per_probe_version"
            ),
            models.CheckConstraint(
                condition=models.Q(level__isnull=True) | models.Q(level__lte=4), name="proposal_level_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audit_id}:{self.code}"
