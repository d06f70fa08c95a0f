"""Questionnaires: whom we asked, what they answered, and the type that came out of it.

A type is of a person, never of a client. Answers statement by statement are kept 36 months, scale scores and
history longer. Nothing here holds free text about somebody.
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.people import Person
from clients.querysets import OfPersonQuerySet, RoundQuerySet
from clients.sociotypes.labels import CERTAINTIES, CHANNELS, STATUSES
from clients.sociotypes.rules.ageing import age_weight
from clients.sociotypes.rules.instrument import TYPES, Sociotype
from clients.sociotypes.rules.observed import Certainty
from clients.sociotypes.rules.scoring import Channel, Status
from jobs.models import OutMail

MAX_REMINDERS = 2


class QuestionnaireRound(models.Model):
    """One sending to many people. ``audience`` holds the clients as they were chosen, by id; who of them is
    invited is decided person by person when the invitations are written."""

    name = models.CharField(_("name"), max_length=120)
    # What made it, once: a second try of the same finds this one.
    key = models.CharField(max_length=80, unique=True, editable=False)
    audience = models.JSONField(default=list, editable=False)
    left_out = models.JSONField(default=dict, editable=False)  # people by reason
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("started by"), related_name="questionnaire_rounds",
        on_delete=models.SET_NULL, null=True, blank=True,
    )  # fmt: skip
    created_at = models.DateTimeField(_("started"))
    written_at = models.DateTimeField(_("all invitations written"), null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of questionnaires")
        verbose_name_plural = _("rounds of questionnaires")

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A personal link. ``nonce`` stands in the signed link, so that a new one makes the old worthless."""

    person = models.ForeignKey(Person, related_name="invitations", on_delete=models.CASCADE)
    round = models.ForeignKey(QuestionnaireRound, related_name="invitations", on_delete=models.CASCADE)
    nonce = models.CharField(max_length=32, editable=False)
    created_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    mail = models.ForeignKey(OutMail, related_name="+", on_delete=models.SET_NULL, null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    reminded_at = models.DateTimeField(_("last reminder"), null=True, blank=True)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="invitation_once_a_round"),
            models.CheckConstraint(
                condition=Q(reminders__lte=MAX_REMINDERS), name="invitation_reminders_bounded"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="invitation_created")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.created_at:%Y-%m-%d}"


class AnswerSheet(models.Model):
    """One filling-in, by link or by phone. Complete once; until then each answer is saved as it comes."""

    person = models.ForeignKey(Person, related_name="answer_sheets", on_delete=models.CASCADE)
    invitation = models.OneToOneField(
        Invitation, related_name="sheet", on_delete=models.CASCADE, null=True, blank=True
    )
    channel = models.CharField(
        max_length=8, choices=[(each.value, label) for each, label in CHANNELS.items()]
    )
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    instrument = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=5)
    started_at = models.DateTimeField(_("started"))
    saved_at = models.DateTimeField(_("last answer"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    # Time spent answering: breaks of more than two minutes count as two minutes.
    seconds = models.FloatField(_("seconds"), default=0)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer sheet")
        verbose_name_plural = _("answer sheets")
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=[Channel.SELF.value, Channel.PHONE.value]), name="sheet_channel_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.started_at:%Y-%m-%d}"


class ItemAnswer(models.Model):
    """The answer to one statement: 1 to 5; null is "no answer", which is not the same as not yet asked."""

    sheet = models.ForeignKey(AnswerSheet, related_name="answers", on_delete=models.CASCADE)
    item = models.CharField(max_length=4)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "item"], name="item_answer_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__range=(1, 5)), name="item_answer_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.item}"


class SociotypeResult(models.Model):
    """What came out of a sheet or of an observation. At most one of a person is current
    (``superseded_on`` empty); the others are its history."""

    person = models.ForeignKey(Person, related_name="sociotypes", on_delete=models.CASCADE)
    sheet = models.OneToOneField(
        AnswerSheet, related_name="result", on_delete=models.SET_NULL, null=True, blank=True
    )
    channel = models.CharField(
        _("channel"), max_length=8, choices=[(each.value, label) for each, label in CHANNELS.items()]
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="+", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip
    instrument = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    rule_version = models.CharField(_("rule"), max_length=40)
    language = models.CharField(max_length=5, blank=True)
    scale_a = models.FloatField(null=True, blank=True)
    scale_s = models.FloatField(null=True, blank=True)
    scale_d = models.FloatField(null=True, blank=True)
    scale_o = models.FloatField(null=True, blank=True)
    p1 = models.FloatField(null=True, blank=True)
    p2 = models.FloatField(null=True, blank=True)
    p3 = models.FloatField(null=True, blank=True)
    p4 = models.FloatField(null=True, blank=True)
    type = models.CharField(_("type"), max_length=14, blank=True)
    also = models.CharField(max_length=14, blank=True)
    acts_as = models.CharField(max_length=14, blank=True)
    status = models.CharField(
        _("status"), max_length=14, choices=[(each.value, label) for each, label in STATUSES.items()]
    )
    readiness = models.FloatField(_("readiness"), null=True, blank=True)
    base_confidence = models.FloatField(null=True, blank=True)  # 0–100 before ageing
    answered = models.PositiveSmallIntegerField(default=0)
    seconds = models.FloatField(null=True, blank=True)
    flags = models.JSONField(default=list, blank=True)
    because = models.JSONField(default=list, blank=True)
    is_suspect = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    certainty = models.CharField(
        max_length=8, blank=True, choices=[(each.value, label) for each, label in CERTAINTIES.items()]
    )
    traits = models.JSONField(default=list, blank=True)
    answered_on = models.DateField(_("answered"))
    fades_from = models.DateField()
    expires_on = models.DateField(_("valid until"))
    computed_at = models.DateTimeField(_("computed"))
    superseded_on = models.DateField(null=True, blank=True)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("sociotype")
        verbose_name_plural = _("sociotypes")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(superseded_on__isnull=True), name="sociotype_one_current"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[each.value for each in Channel]), name="sociotype_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in Status]), name="sociotype_status_known"
            ),
            models.CheckConstraint(
                condition=Q(type__in=["", *(each.value for each in TYPES)]), name="sociotype_type_known"
            ),
            models.CheckConstraint(
                condition=Q(certainty__in=["", *(each.value for each in Certainty)]),
                name="sociotype_certainty_known",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-answered_on"], name="sociotype_person_day"),
            models.Index(fields=["expires_on"], name="sociotype_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.type or self.status}"

    @property
    def p(self) -> tuple[float, ...] | None:
        values = (self.p1, self.p2, self.p3, self.p4)
        return None if None in values else values  # type: ignore[return-value]

    @property
    def scales(self) -> dict[str, float | None]:
        return {"A": self.scale_a, "S": self.scale_s, "D": self.scale_d, "O": self.scale_o}

    @property
    def needs_confirmation(self) -> bool:
        return self.is_suspect and self.confirmed_at is None

    @property
    def kind(self) -> Sociotype | None:
        return Sociotype(self.type) if self.type else None

    def confidence(self, as_of: date) -> float | None:
        """0–100, faded by age; None without a type or once expired."""
        if self.base_confidence is None or as_of > self.expires_on:
            return None
        return self.base_confidence * age_weight(self.answered_on, as_of)


class QuestionnaireOptOut(models.Model):
    """Somebody who wants no more questionnaires; a type that was given stays until it expires."""

    person = models.OneToOneField(Person, related_name="questionnaire_opt_out", on_delete=models.CASCADE)
    at = models.DateTimeField(_("when"))

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("opt-out of questionnaires")
        verbose_name_plural = _("opt-outs of questionnaires")

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%Y-%m-%d}"


class LinkUse(models.Model):
    """How often a link or an address wrote within one window of time; no address is stored, only its hash."""

    key = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("use of personal links")
        verbose_name_plural = _("uses of personal links")
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="link_use_window")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.window:%H:%M}"
