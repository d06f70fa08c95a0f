from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.querysets import OfClientQuerySet
from segmentation.labels import STEPS as STEP_LABELS
from segmentation.rules.readiness import Assumptions
from segmentation.rules.waves import STEPS, WAVES


class ReadinessAssumptions(models.Model):
    """A version of the assumptions; the newest counts. Without any, those of the method do."""

    values = models.JSONField(_("values"))  # rules.readiness.Assumptions
    # What competitors offer and we do not; each is a fifth of the lead g.
    competitor_facts = models.JSONField(_("facts on competitors"), default=list, blank=True)
    market_on = models.DateField(_("market share as of"), null=True, blank=True)
    created_at = models.DateTimeField(_("set"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("set by"), related_name="+", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("assumptions of readiness")
        verbose_name_plural = _("assumptions of readiness")

    def __str__(self) -> str:
        return f"v{self.pk}"

    @property
    def assumptions(self) -> Assumptions:
        return Assumptions.from_json(self.values)


class ReadinessRun(models.Model):
    """The readiness of all clients on one day, stored; readers see published runs only.

    ``results``: the sums of the whole portfolio, of its waves and gates, and what was measured.
    """

    as_of = models.DateField(_("as of"))
    assumptions = models.ForeignKey(
        ReadinessAssumptions, related_name="runs", on_delete=models.PROTECT, null=True
    )
    rule_version = models.CharField(_("rule version"), max_length=20)
    results = models.JSONField(_("results"), default=dict)
    published = models.BooleanField(default=False)
    computed_at = models.DateTimeField(_("computed"))

    class Meta:
        verbose_name = _("readiness run")
        verbose_name_plural = _("readiness runs")
        constraints = [
            models.UniqueConstraint(
                fields=["as_of"], condition=models.Q(published=True), name="one_published_readiness_per_day"
            )
        ]

    def __str__(self) -> str:
        return str(self.as_of)


class ClientReadiness(models.Model):
    """One client in one run. Null is unknown; the risks are cents a year at g = 1 and u = 1.

    The foreign keys are Django's alone, and the key is the only index: 200,000 rows a night (decision 16), and one
    by wave and priority took longer to write than the rows. Ask by run and client.
    """

    pk = models.CompositePrimaryKey("run_id", "client_id")
    run = models.ForeignKey(
        ReadinessRun, related_name="clients", on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    client = models.ForeignKey(
        Client, related_name="readiness", on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    revenue_cents = models.BigIntegerField()
    p1 = models.FloatField(null=True)
    p2 = models.FloatField(null=True)
    p3 = models.FloatField(null=True)
    p4 = models.FloatField(null=True)
    type = models.SmallIntegerField()  # position of the type acted by, −1 unknown
    status = models.SmallIntegerField()  # clients.sociotypes ClientStatus
    ready = models.FloatField(null=True)  # p·ρ
    online_share = models.FloatField(null=True)  # m
    steps = models.SmallIntegerField()  # bit n: step n is done
    risk1_cents = models.FloatField()
    risk2_cents = models.FloatField()
    wave = models.SmallIntegerField()
    hold = models.SmallIntegerField()
    priority = models.FloatField(
        null=True
    )  # the order within the wave; the revenue in the queue of the unknown

    objects = OfClientQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.client_id} {self.wave}"


class AccompanimentStep(models.Model):
    """A step of accompaniment done with a client; each counts once."""

    client = models.ForeignKey(Client, related_name="accompaniment", on_delete=models.CASCADE)
    step = models.CharField(
        _("step"), max_length=14, choices=[(step.value, label) for step, label in STEP_LABELS.items()]
    )
    done_on = models.DateField(_("done on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="+", on_delete=models.SET_NULL, null=True
    )
    recorded_at = models.DateTimeField(_("recorded"))

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of accompaniment")
        verbose_name_plural = _("steps of accompaniment")
        constraints = [
            models.UniqueConstraint(fields=["client", "step"], name="accompaniment_step_once"),
            models.CheckConstraint(
                condition=models.Q(step__in=[step.value for step in STEPS]), name="accompaniment_step_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.step}"


class MigrationFacts(models.Model):
    """What only people know of a client on its way online."""

    client = models.OneToOneField(Client, related_name="migration_facts", on_delete=models.CASCADE)
    is_volunteer = models.BooleanField(_("volunteers as a pilot"), default=False)
    is_ambassador = models.BooleanField(_("speaks for it to others"), default=False)
    hours = models.DecimalField(
        _("hours the move takes us"), max_digits=5, decimal_places=1, null=True, blank=True,
        help_text=_("Empty: as assumed for the type."),
    )  # fmt: skip
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True
    )

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("facts of the move")
        verbose_name_plural = _("facts of the move")

    def __str__(self) -> str:
        return str(self.client_id)


class WaveOpening(models.Model):
    """A wave was opened by a person; ``forced``: before its gate was passed."""

    wave = models.PositiveSmallIntegerField(_("wave"), unique=True)
    opened_on = models.DateField(_("opened on"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True
    )
    forced = models.BooleanField(_("before its gate"), default=False)
    gate = models.JSONField(_("gate"), default=dict, blank=True)

    class Meta:
        verbose_name = _("opening of a wave")
        verbose_name_plural = _("openings of waves")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wave__in=[int(wave) for wave in WAVES]), name="wave_known"
            )
        ]

    def __str__(self) -> str:
        return f"W{self.wave}"
