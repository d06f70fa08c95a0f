from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.querysets import OfClientQuerySet
from segmentation.labels import DIAGNOSES, PLAYBOOK_CHOICES, SEGMENTS
from segmentation.rules.own import PLAYBOOKS
from segmentation.rules.playbooks import TARGETS, Diagnosis, Playbook, Stage


class PlaybookText(models.Model):
    """A company's own wording of a playbook in one language; without a row the shipped text counts."""

    segment = models.CharField(_("segment"), max_length=14, choices=PLAYBOOK_CHOICES[1:])
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    aim = models.CharField(_("aim"), max_length=200)
    stages = models.JSONField(_("stages"), default=list)
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True
    )

    class Meta:
        verbose_name = _("text of a playbook")
        verbose_name_plural = _("texts of playbooks")
        constraints = [
            models.UniqueConstraint(fields=["segment", "language"], name="playbook_text_once"),
            models.CheckConstraint(
                condition=models.Q(segment__in=[segment.value for segment in PLAYBOOKS]),
                name="playbook_segment_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment} {self.language}"

    @property
    def playbook(self) -> Playbook:
        return Playbook(self.aim, tuple(Stage.from_json(stage) for stage in self.stages))


class PlayedStep(models.Model):
    """A step of a playbook done with a client; ``stage`` and ``step`` count from 0."""

    client = models.ForeignKey(Client, related_name="played_steps", on_delete=models.CASCADE)
    segment = models.CharField(max_length=14, choices=PLAYBOOK_CHOICES[1:])
    stage = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    done_on = models.DateField(_("done on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("step played")
        verbose_name_plural = _("steps played")
        constraints = [
            models.UniqueConstraint(fields=["client", "segment", "stage", "step"], name="played_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.segment} {self.stage}.{self.step}"


class DilemmaDiagnosis(models.Model):
    """Why a client is a dilemma and which segment it is to reach."""

    client = models.OneToOneField(Client, related_name="dilemma_diagnosis", on_delete=models.CASCADE)
    diagnosis = models.CharField(
        _("diagnosis"), max_length=14, choices=[(each.value, label) for each, label in DIAGNOSES.items()]
    )
    target = models.CharField(
        _("segment to reach"), max_length=14, choices=[(each.value, SEGMENTS[each]) for each in TARGETS]
    )
    made_on = models.DateField(_("made on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("diagnosis of a dilemma")
        verbose_name_plural = _("diagnoses of dilemmas")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(diagnosis__in=[each.value for each in Diagnosis]), name="diagnosis_known"
            ),
            models.CheckConstraint(
                condition=models.Q(target__in=[each.value for each in TARGETS]), name="diagnosis_target_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.diagnosis}"
