from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from clients.models import Client
from segmentation.labels import METHODS, PLAYBOOK_CHOICES
from segmentation.rules.own import Condition, Method

UNNAMED = "Imported"
"""Of a segmentation imported by command without a name. It is stored so, whatever the language, because a second
import replaces the one of the same name; pages say it in the language of the reader."""


class OwnSegmentation(models.Model):
    """A company's own segmentation (text 000: keep your tools). The one in force takes the grid's place."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    method = models.CharField(
        _("method"), max_length=10, choices=[(method.value, label) for method, label in METHODS.items()]
    )
    in_force = models.BooleanField(_("in force"), default=False, editable=False)
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )

    class Meta:
        verbose_name = _("own segmentation")
        verbose_name_plural = _("own segmentations")
        constraints = [
            models.UniqueConstraint(
                fields=["in_force"], condition=models.Q(in_force=True), name="one_own_segmentation_in_force"
            ),
            models.CheckConstraint(
                condition=models.Q(method__in=[method.value for method in Method]), name="own_method_known"
            ),
        ]

    def __str__(self) -> str:
        unnamed = self.name == UNNAMED and self.method == Method.IMPORTED
        return pgettext("segmentation", "Imported") if unnamed else self.name


class OwnSegment(models.Model):
    """A segment of an own segmentation. ``playbook``: which of the four it is played by, empty for none;
    ``conditions``: of a computed one, all must hold, and the first segment that fits takes the client."""

    segmentation = models.ForeignKey(OwnSegmentation, related_name="segments", on_delete=models.CASCADE)
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    playbook = models.CharField(
        _("played like"), max_length=14, blank=True, default="", choices=PLAYBOOK_CHOICES
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    conditions = models.JSONField(_("conditions"), default=list, blank=True)

    class Meta:
        verbose_name = _("own segment")
        verbose_name_plural = _("own segments")
        constraints = [
            models.UniqueConstraint(
                fields=["segmentation", "code"], name="own_segment_code",
                violation_error_message=_("A segment of this code exists."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def event_code(self) -> str:
        """How events and columns name it."""
        return f"own:{self.pk}"

    @property
    def rule(self) -> list[Condition]:
        return [Condition.from_json(row) for row in self.conditions]


class OwnMember(models.Model):
    """A client's segment in an imported segmentation."""

    segmentation = models.ForeignKey(
        OwnSegmentation, related_name="members", on_delete=models.CASCADE, db_index=False
    )
    client = models.ForeignKey(Client, related_name="own_segments", on_delete=models.CASCADE)
    segment = models.ForeignKey(OwnSegment, related_name="members", on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segmentation", "client"], name="own_member_once")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.segment_id}"
