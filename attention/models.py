from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.querysets import OwnedQuerySet
from accounts.rules import Act
from attention.labels import LINE_STATES
from attention.rules import LineState
from clients.models import Client
from clients.personal.profiling import profiled_q
from common.periods import IsoWeek
from jobs.models import OutMail
from kinetics.models import KineticsRun


class WeeklyListQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "WeeklyListQuerySet":
        """Lists of the people one sees; which of their lines, is asked of each line's client."""
        return self.filter(owner__in=User.objects.visible_to(user))


class WeeklyList(models.Model):
    """The attention list of one owner for one ISO week: frozen once, mailed once."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        related_name="weekly_lists",
        on_delete=models.CASCADE,
        verbose_name=_("owner"),
    )
    iso_year = models.PositiveSmallIntegerField()
    iso_week = models.PositiveSmallIntegerField()
    # Day of the indicators used; null: none were published.
    as_of = models.DateField(_("figures as of"), null=True)
    kinetics_run = models.ForeignKey(
        KineticsRun, related_name="weekly_lists", on_delete=models.SET_NULL, null=True
    )
    capacity_minutes = models.PositiveIntegerField(_("minutes available"))
    planned_minutes = models.PositiveIntegerField(_("minutes planned"), default=0)
    hour_value_cents = models.BigIntegerField(null=True)  # shadow price: value of one more hour
    looked_at = models.PositiveIntegerField(_("clients considered"), default=0)
    left_out = models.JSONField(default=list)  # the next best and the athletes whose floor did not fit
    rule_version = models.CharField(_("rule version"), max_length=20)
    params = models.JSONField(default=dict)
    frozen_at = models.DateTimeField(_("frozen at"))
    mail = models.ForeignKey(
        OutMail, related_name="weekly_lists", on_delete=models.SET_NULL, null=True, blank=True
    )

    objects = WeeklyListQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly list")
        verbose_name_plural = _("weekly lists")
        constraints = [
            models.UniqueConstraint(fields=["owner", "iso_year", "iso_week"], name="one_list_a_week")
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.week}"

    @property
    def week(self) -> IsoWeek:
        return IsoWeek(self.iso_year, self.iso_week)


class ListLineQuerySet(OwnedQuerySet):
    client_path = "client__"

    def visible_to(self, user: Any, act: Act = Act.SEE) -> Self:
        """Without private clients who object to profiling, also on lists frozen before."""
        return super().visible_to(user, act).filter(profiled_q())


class ListLine(models.Model):
    """One client of one week's list. Everything that explains the line is frozen with it."""

    weekly_list = models.ForeignKey(WeeklyList, related_name="lines", on_delete=models.CASCADE)
    client = models.ForeignKey(
        Client, related_name="list_lines", on_delete=models.CASCADE, verbose_name=_("client")
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    dose_minutes = models.PositiveSmallIntegerField(_("minutes"))
    value_cents = models.BigIntegerField()  # contribution at stake over the next year
    parts = models.JSONField(default=dict)  # additive parts of the value, in cents
    inputs = models.JSONField(default=dict)  # what the line was computed from (rules.Explained)
    trend = models.JSONField(default=list)  # revenue of the last 13 spans of 28 days, cents, oldest first
    reasons = models.JSONField(default=list)  # Reason.as_json, most telling first
    act = models.CharField(max_length=40)  # code of the suggested act
    segment = models.CharField(max_length=14, blank=True)  # what it is played like
    # Its segment where the company's own segmentation was in force; empty: the grid's above.
    own_segment = models.CharField(max_length=80, blank=True, default="", db_default="")
    exploration = models.BooleanField(default=False)  # drawn at random from the reserve
    state = models.CharField(
        _("state"), max_length=8, default=LineState.OPEN.value,
        choices=[(state.value, label) for state, label in LINE_STATES.items()],
    )  # fmt: skip
    snoozed_until = models.DateField(null=True, blank=True)
    spent_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = ListLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            models.UniqueConstraint(fields=["weekly_list", "client"], name="one_line_a_client"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in LineState]), name="line_state_known"
            ),
        ]
        indexes = [models.Index(fields=["client", "state"], name="line_client_state")]

    def __str__(self) -> str:
        return f"{self.weekly_list_id} {self.rank}"


class Belief(models.Model):
    """Smoothed belief that a client is stable, sliding or critical at the start of a week (care D2)."""

    pk = models.CompositePrimaryKey("client_id", "iso_year", "iso_week")
    client = models.ForeignKey(Client, related_name="beliefs", on_delete=models.CASCADE, db_index=False)
    iso_year = models.PositiveSmallIntegerField()
    iso_week = models.PositiveSmallIntegerField()
    stable = models.FloatField()
    sliding = models.FloatField()
    critical = models.FloatField()

    def __str__(self) -> str:
        return f"{self.client_id} {self.iso_year}-W{self.iso_week}"
