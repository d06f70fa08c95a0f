from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trust_audit.labels import ACTION_STATES, EFFORTS
from trust_audit.models.audits import Audit
from trust_audit.models.evidence import Evidence, Finding
from trust_audit.models.sites import Site
from trust_audit.querysets import ActionQuerySet
from trust_audit.rules.gains import Effort
from trust_audit.states import OPEN_ACTIONS, ActionState


class Action(models.Model):
    """What somebody does about a criterion. It closes with evidence newer than itself."""

    site = models.ForeignKey(Site, related_name="actions", on_delete=models.CASCADE)
    audit = models.ForeignKey(Audit, related_name="actions", on_delete=models.CASCADE)
    code = models.CharField(max_length=10)
    finding = models.ForeignKey(
        Finding, related_name="actions", on_delete=models.SET_NULL, null=True, blank=True
    )
    title = models.CharField(_("what"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), related_name="trust_actions",
        on_delete=models.SET_NULL, null=True, blank=True,
    )  # fmt: skip
    due_on = models.DateField(_("due"), null=True, blank=True)
    effort = models.CharField(
        _("effort"), max_length=1, default=Effort.MEDIUM.value,
        choices=[(effort.value, label) for effort, label in EFFORTS.items()],
    )  # fmt: skip
    gain = models.FloatField(_("gain in points"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, default=ActionState.TO_DO.value,
        choices=[(state.value, label) for state, label in ACTION_STATES.items()],
    )  # fmt: skip
    proof = models.ForeignKey(
        Evidence, verbose_name=_("evidence"), related_name="actions", on_delete=models.PROTECT, null=True,
        blank=True,
    )  # fmt: skip
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            models.UniqueConstraint(fields=["audit", "code"], name="action_once_per_criterion"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in OPEN_ACTIONS])
                | models.Q(proof__isnull=False),
                name="action_closes_with_evidence",
                violation_error_message=_("An action closes with new evidence."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("trust:action", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ACTIONS
