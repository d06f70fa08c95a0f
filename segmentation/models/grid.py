from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import OwnedQuerySet
from accounts.rules import Act
from clients.models import Client
from clients.personal.profiling import profiled_q, withheld_q
from common.reasons import Reason
from segmentation.labels import PRESETS, SEGMENTS
from segmentation.models.own import OwnSegment, OwnSegmentation
from segmentation.rules.grid import Classification, Preset, Segment, Thresholds, classify_client
from segmentation.rules.stability import DWELL_DAYS, MARGIN_BAND, REVENUE_BAND


class GridThresholds(models.Model):
    """A version of the grid's two lines; the active one is the newest with ``activated_at``.

    One without it is a proposal that waits for a person, made once a quarter. Without a person's choice the first run proposes and activates preset ABC, marked automatic: then
    ``activated_by`` is null. A line is null while no revenue or no cost is known to draw it from.
    """

    preset = models.CharField(
        _("preset"), max_length=10, default=Preset.ABC.value,
        choices=[(preset.value, label) for preset, label in PRESETS.items()],
    )  # fmt: skip
    revenue_cents = models.BigIntegerField(_("revenue from"), null=True, validators=[MinValueValidator(0)])
    margin_rate = models.FloatField(
        _("margin rate from"), null=True, validators=[MinValueValidator(-1), MaxValueValidator(1)]
    )
    as_of = models.DateField(_("computed as of"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("activated by"), related_name="+",
        on_delete=models.PROTECT, null=True, blank=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("thresholds of the grid")
        verbose_name_plural = _("thresholds of the grid")
        indexes = [models.Index(fields=["-activated_at"], name="thresholds_active")]

    def __str__(self) -> str:
        return f"v{self.pk} ({self.get_preset_display()})"

    @property
    def automatic(self) -> bool:
        return self.activated_by_id is None

    @property
    def lines(self) -> Thresholds:
        return Thresholds(self.revenue_cents, self.margin_rate)


class SegmentationRun(models.Model):
    """One classification of all clients as of one day; readers see published runs only."""

    as_of = models.DateField(_("as of"))
    thresholds = models.ForeignKey(GridThresholds, related_name="runs", on_delete=models.PROTECT)
    # The company's own segmentation that was in force; null: the grid.
    own = models.ForeignKey(
        OwnSegmentation, related_name="runs", on_delete=models.PROTECT, null=True, blank=True
    )
    rule_version = models.CharField(_("rule version"), max_length=20)
    counts = models.JSONField(_("counts"), default=dict)
    published = models.BooleanField(default=False)
    computed_at = models.DateTimeField(_("computed"))

    class Meta:
        verbose_name = _("segmentation run")
        verbose_name_plural = _("segmentation runs")
        constraints = [
            models.UniqueConstraint(
                fields=["as_of"], condition=models.Q(published=True),
                name="one_published_segmentation_per_day",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.as_of)


class ClientSegmentQuerySet(OwnedQuerySet):
    client_path = "client__"

    def visible_to(self, user: Any, act: Act = Act.SEE) -> Self:
        """Without private clients who object to profiling; the sums of the run still count them."""
        return super().visible_to(user, act).filter(profiled_q())

    def withheld_from(self, user: Any) -> Self:
        """What ``visible_to`` leaves out because the client objects to profiling."""
        return super().visible_to(user).filter(withheld_q())


class ClientSegment(models.Model):
    """Where a client stood in one run, with the two values that put it there.

    Keys as in ``ClientReadiness``: ask by run and client. The one other index takes a fifth of the grid's time to write, and
    spares every page of the grid a sort of all clients.
    """

    pk = models.CompositePrimaryKey("run_id", "client_id")
    run = models.ForeignKey(
        SegmentationRun,
        related_name="segments",
        on_delete=models.CASCADE,
        db_index=False,
        db_constraint=False,
    )
    client = models.ForeignKey(
        Client, related_name="segments", on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    segment = models.CharField(
        max_length=14, choices=[(segment.value, label) for segment, label in SEGMENTS.items()]
    )
    revenue_cents = models.BigIntegerField()  # R0
    margin_rate = models.FloatField(null=True)  # m0
    cost_coverage = models.FloatField(null=True)
    assumed_share = models.FloatField(null=True)
    tenure_days = models.IntegerField(null=True)  # null: no order ever
    # Where the figures point instead, and since when without a break; empty while they agree.
    pending = models.CharField(
        max_length=14, blank=True, default="", db_default="",
        choices=[(segment.value, label) for segment, label in SEGMENTS.items()],
    )  # fmt: skip
    pending_since = models.DateField(null=True)
    own = models.ForeignKey(
        OwnSegment,
        related_name="placed",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )

    objects = ClientSegmentQuerySet.as_manager()

    class Meta:
        indexes = [
            # The order of the grid's pages; and who is in a segment, without reading the rows.
            models.Index(fields=["run", "-revenue_cents", "segment", "client"], name="segment_run_revenue"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.segment}"

    def under(self, thresholds: Thresholds) -> Classification:
        """Where these values stand between other lines."""
        return classify_client(
            revenue_cents=self.revenue_cents, margin_rate=self.margin_rate,
            cost_coverage=self.cost_coverage, tenure_days=self.tenure_days,
            assumed_share=self.assumed_share, thresholds=thresholds,
        )  # fmt: skip

    @property
    def classification(self) -> Classification:
        """With what holds the client where it is, when its figures alone would place it elsewhere."""
        plain = self.under(self.run.thresholds.lines)
        if plain.segment == self.segment:
            return plain
        return Classification(Segment(self.segment), [*plain.because, self._held()])

    @property
    def in_force(self) -> str:
        """The code of the segment that counts: of the own segmentation when the run had one, else the grid's."""
        if self.run.own_id is None:
            return str(self.segment)
        return f"own:{self.own_id}" if self.own_id else ""

    @property
    def own_names(self) -> dict[str, tuple[str, str]]:
        """Name and playbook of the own segment it is in, under its code, for chips."""
        return {self.own.event_code: (self.own.name, self.own.playbook)} if self.own else {}

    def _held(self) -> Reason:
        if self.pending and self.pending_since:
            return Reason("held_waiting", {"since_date": self.pending_since.isoformat(), "days": DWELL_DAYS})
        return Reason("held_band", {"revenue_rate": REVENUE_BAND, "points": round(MARGIN_BAND * 100)})
