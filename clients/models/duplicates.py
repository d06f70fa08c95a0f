from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import visible_q
from accounts.rules import Act
from clients.models.client import Client
from clients.models.people import Person


class DuplicatePairQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, act: Act = Act.MERGE) -> Self:
        """Pairs both of whose clients ``user`` may merge."""
        return self.filter(
            visible_q(user, client="left__", act=act), visible_q(user, client="right__", act=act)
        )

    def open(self) -> Self:
        return self.filter(dismissed_at__isnull=True)


class DuplicatePair(models.Model):
    """Two clients that are likely one, with why; ``left`` has the lower number.

    ``score`` runs from 0 to 100. A pair that a person called different stays so, whatever is found later.
    """

    left = models.ForeignKey(Client, related_name="pairs_left", on_delete=models.CASCADE)
    right = models.ForeignKey(Client, related_name="pairs_right", on_delete=models.CASCADE)
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(default=list)  # Reason.as_json, most telling first
    rule_version = models.CharField(max_length=20)
    found_at = models.DateTimeField(_("computed"))
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely duplicate")
        verbose_name_plural = _("likely duplicates")
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="duplicate_pair_once"),
            models.CheckConstraint(
                condition=models.Q(left__lt=models.F("right")), name="duplicate_pair_in_order"
            ),
            models.CheckConstraint(condition=models.Q(score__lte=100), name="duplicate_score_range"),
        ]
        indexes = [models.Index(fields=["-score", "id"], name="duplicate_score")]

    def __str__(self) -> str:
        return f"{self.left_id} = {self.right_id}"

    @property
    def sides(self) -> tuple[Client, Client]:
        return self.left, self.right


class PersonPairQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, act: Act = Act.MERGE) -> Self:
        """Pairs whose clients ``user`` may both merge."""
        return self.filter(
            visible_q(user, client="left__client__", act=act),
            visible_q(user, client="right__client__", act=act),
        )

    def open(self) -> Self:
        return self.filter(dismissed_at__isnull=True)


class PersonPair(models.Model):
    """Two people that are likely one, of one client or of two; otherwise like ``DuplicatePair``."""

    left = models.ForeignKey(Person, related_name="pairs_left", on_delete=models.CASCADE)
    right = models.ForeignKey(Person, related_name="pairs_right", on_delete=models.CASCADE)
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(default=list)
    rule_version = models.CharField(max_length=20)
    found_at = models.DateTimeField(_("computed"))
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )

    objects = PersonPairQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely the same person")
        verbose_name_plural = _("likely the same people")
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="person_pair_once"),
            models.CheckConstraint(
                condition=models.Q(left__lt=models.F("right")), name="person_pair_in_order"
            ),
            models.CheckConstraint(condition=models.Q(score__lte=100), name="person_pair_score_range"),
        ]
        indexes = [models.Index(fields=["-score", "id"], name="person_pair_score")]

    def __str__(self) -> str:
        return f"{self.left_id} = {self.right_id}"

    @property
    def sides(self) -> tuple[Person, Person]:
        return self.left, self.right
