from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from kinetics.querysets import IndicatorQuerySet, RunQuerySet
from kinetics.states import Evidence, ExpectedState, ProfitState, RevenueState, RunMode, RunState


def _values(enum: type) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in enum]  # type: ignore[attr-defined]


class KineticsRun(models.Model):
    """One computation of all clients' indicators as of one day; readers see published runs only."""

    as_of = models.DateField(_("as of"))
    mode = models.CharField(max_length=10, choices=_values(RunMode), default=RunMode.NIGHT.value)
    state = models.CharField(max_length=10, choices=_values(RunState), default=RunState.BUILDING.value)
    code_version = models.CharField(_("rule version"), max_length=20)
    params = models.JSONField(_("parameters"), default=dict)  # the fitted model, its gate, ρ, π, …
    counts = models.JSONField(_("counts"), default=dict)
    knowledge_cutoff = models.DateTimeField(_("knows facts until"))
    started_at = models.DateTimeField(_("started"))
    published_at = models.DateTimeField(_("computed"), null=True, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    error = models.TextField(blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("kinetics run")
        verbose_name_plural = _("kinetics runs")
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "mode"], condition=models.Q(state=RunState.PUBLISHED.value),
                name="one_published_run_per_day",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "mode", "-as_of"], name="kinetics_run_current")]

    def __str__(self) -> str:
        return f"{self.as_of} {self.mode}"


class ClientIndicator(models.Model):
    """The indicators of one client in one run. Money in cents; rates as shares; null is unknown.

    Indicators 4 and 5 (cost of keeping, cost of acquiring) get columns of their own when they are built.
    """

    # A night writes a row per client: no id to draw, and no foreign key checked row by row (they would
    # cost more than the whole computation). Django still cascades when a client or a run is deleted.
    pk = models.CompositePrimaryKey("run_id", "client_id")
    run = models.ForeignKey(
        KineticsRun, related_name="indicators", on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    client = models.ForeignKey(
        Client, related_name="indicators", on_delete=models.CASCADE, db_constraint=False
    )
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    purchase_days = models.IntegerField(default=0)  # within W0
    purchase_days_before = models.IntegerField(default=0)  # within W1
    revenue_cents = models.BigIntegerField()  # over W0, 364 days, whatever the windows compared below

    # 1 · evolution of revenue
    revenue_state = models.CharField(max_length=14, choices=_values(RevenueState))
    window_days = models.SmallIntegerField(null=True)  # length of each window compared
    r0_cents = models.BigIntegerField()
    r1_cents = models.BigIntegerField(null=True)
    growth_rate = models.FloatField(null=True)  # g
    revenue_index = models.FloatField(null=True)  # s in [−1, 1]
    relative_rate = models.FloatField(null=True)  # g*, against the portfolio
    change_z = models.FloatField(null=True)  # sign-flip
    change_p = models.FloatField(null=True)
    gap_p = models.FloatField(null=True)
    evidence = models.CharField(max_length=10, choices=_values(Evidence))

    # 2 · expected revenue, next 52 weeks
    expected_state = models.CharField(max_length=10, choices=_values(ExpectedState))
    expected_cents = models.BigIntegerField(null=True)
    expected_low_cents = models.BigIntegerField(null=True)  # 80 % interval
    expected_high_cents = models.BigIntegerField(null=True)
    expected_orders = models.FloatField(null=True)
    expected_order_cents = models.BigIntegerField(null=True)  # E[M]
    p_alive = models.FloatField(null=True)  # null without a repeat
    p_order = models.FloatField(null=True)  # P(≥ 1 order in 52 weeks)
    repeat_days = models.IntegerField(null=True)  # x
    recency_weeks = models.FloatField(null=True)  # t_x
    age_weeks = models.FloatField(null=True)  # T

    # 3 · evolution of profitability
    profit_state = models.CharField(max_length=10, choices=_values(ProfitState))
    margin_cents = models.BigIntegerField(null=True)  # M over costed lines of W0
    margin_rate = models.FloatField(null=True)  # m0
    margin_rate_before = models.FloatField(null=True)  # m1
    margin_change = models.FloatField(null=True)  # m0 − m1, a difference of shares (points / 100)
    volume_effect_cents = models.BigIntegerField(null=True)
    rate_effect_cents = models.BigIntegerField(null=True)
    margin_z = models.FloatField(null=True)
    cost_coverage = models.FloatField(null=True)  # k in [0, 1]
    assumed_share = models.FloatField(null=True)  # part of the costed lines whose margin is assumed

    objects = IndicatorQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.run_id} {self.client_id}"
