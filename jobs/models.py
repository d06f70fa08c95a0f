from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from jobs.labels import JOB_STATES, MAIL_STATES
from jobs.querysets import JobQuerySet
from jobs.registry import label_of
from jobs.rules import JobState, MailState


class Job(models.Model):
    """One piece of background work. The row is the job; a broker message only wakes somebody up.

    ``fence`` counts the claims: a worker writes only while the fence is the one it claimed, so a
    zombie that lost its lease cannot write over its successor.
    """

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=120)
    payload = models.JSONField(_("payload"), default=dict)
    state = models.CharField(
        _("state"), max_length=12, default=JobState.QUEUED.value,
        choices=[(state.value, label) for state, label in JOB_STATES.items()],
    )  # fmt: skip
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    cursor = models.JSONField(_("cursor"), default=dict)
    done_units = models.BigIntegerField(_("done"), default=0)
    total_units = models.BigIntegerField(_("of"), null=True, blank=True)
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("requested by"), related_name="jobs",
        on_delete=models.SET_NULL, null=True, blank=True,
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="job_kind_key"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in JobState]),
                name="job_state_known",
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_state_lease")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @property
    def label(self) -> str:
        return label_of(self.kind)

    @property
    def has_failed(self) -> bool:
        return self.state == JobState.FAILED

    @property
    def error_is_for_people(self) -> bool:
        return bool(self.result.get("expected"))

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def percent_done(self) -> int | None:
        """0–99 while running (never rounded up to the end), 100 when done, None when unknown."""
        if self.state == JobState.DONE:
            return 100
        if not self.total_units:
            return None
        return min(99, self.done_units * 100 // self.total_units)


class OutMail(models.Model):
    """One mail to one recipient, sent at most once unless a person decides otherwise."""

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("key"), max_length=120)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recipient"), related_name="mails",
        on_delete=models.SET_NULL, null=True, blank=True,
    )  # fmt: skip
    to_email = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    message_id = models.CharField(_("message id"), max_length=250, unique=True)
    state = models.CharField(
        _("state"), max_length=12, default=MailState.PENDING.value,
        choices=[(state.value, label) for state, label in MAIL_STATES.items()],
    )  # fmt: skip
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fence = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    give_up_at = models.DateTimeField(_("give up at"))
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="outmail_kind_key"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in MailState]),
                name="outmail_state_known",
            ),
        ]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="outmail_due")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class Heartbeat(models.Model):
    """Written by a worker every minute: beat, broker and worker are alive together."""

    name = models.CharField(max_length=40, primary_key=True)
    beaten_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
