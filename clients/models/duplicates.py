from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.querysets import visible_q
from accounts.rules import Act
from clients.models.client import Client
from clients.models.people import Person


class PairQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, act: Act = Act.MERGE) -> Self:
        """Pairs both of whose clients ``user`` may merge.

        Each side is asked by itself: with joins, SQLite begins with the clients and sorts all pairs for one page.
        """
        seen = self._records(user, act)
        return self.filter(
            Exists(seen.filter(pk=OuterRef("left_id"))), Exists(seen.filter(pk=OuterRef("right_id")))
        )

    def _records(self, user: Any, act: Act) -> models.QuerySet[Any]:
        return Client.objects.filter(visible_q(user, act=act))

    def open(self) -> Self:
        return self.filter(dismissed_at__isnull=True)


class PersonPairQuerySet(PairQuerySet):
    def _records(self, user: Any, act: Act) -> models.QuerySet[Any]:
        return Person.objects.filter(visible_q(user, client="client__", act=act))


class LikelyPair(models.Model):
    """Two records that are likely one, with why; ``left`` has the lower number.

    ``score`` runs from 0 to 100. A pair that a person called different stays so, whatever is found later.
    """

    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(default=list)  # Reason.as_json, most telling first
    rule_version = models.CharField(max_length=20)
    found_at = models.DateTimeField(_("computed"))
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.left_id} = {self.right_id}"  # type: ignore[attr-defined]

    @property
    def sides(self) -> tuple[Any, Any]:
        return self.left, self.right  # type: ignore[attr-defined]


class DuplicatePair(LikelyPair):
    """Two clients."""

    left = models.ForeignKey(Client, related_name="pairs_left", on_delete=models.CASCADE)
    right = models.ForeignKey(Client, related_name="pairs_right", on_delete=models.CASCADE)

    objects = PairQuerySet.as_manager()

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


class PersonPair(LikelyPair):
    """Two people, of one client or of two."""

    left = models.ForeignKey(Person, related_name="pairs_left", on_delete=models.CASCADE)
    right = models.ForeignKey(Person, related_name="pairs_right", on_delete=models.CASCADE)

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
